/**
 * Lets go wrong what goes wrong in operation, and says what was expected and what was seen: `npm run
 * drill`, and `npm run drill -- clock disk` for those whose names hold one of the words.
 */
import { startSoakDatabase } from '../soak/database.ts';
import { compileService } from '../support/process.ts';
import { runDrill } from './drill.ts';
import { drills } from './drills.ts';

const words = process.argv.slice(2);
const chosen = drills.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
await compileService();
const database = await startSoakDatabase();
let different = 0;
try {
  for (const drill of chosen) {
    const { name, expected, seen, skipped } = await runDrill(drill, database);
    console.log(`\n${name}`);
    if (skipped !== null) {
      console.warn(`  SKIPPED: ${skipped}`);
      continue;
    }
    const isSame = seen.join('\n') === expected.join('\n');
    if (!isSame) different += 1;
    for (const line of expected) console.log(`  expected  ${line}`);
    for (const line of seen) console.log(`  seen      ${line}`);
    console.log(isSame ? '  as expected' : '  DIFFERENT');
  }
} finally {
  await database.close();
}
console.log(`\n${chosen.length} drills, ${different} other than expected`);
process.exit(different === 0 && chosen.length > 0 ? 0 : 1);
