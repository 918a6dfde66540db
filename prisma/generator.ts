/**
 * A Prisma generator that writes the full datamodel it is given to
 * `datamodel.ts`: the client's runtime datamodel leaves out isList, isRequired,
 * keys and the delete rules. A module, not JSON, so that Node runs it from
 * dist/ as it is.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import helper from '@prisma/generator-helper';

helper.generatorHandler({
  onManifest: () => ({ prettyName: 'datamodel', defaultOutput: 'generated' }),
  async onGenerate({ dmmf, generator }) {
    const folder = generator.output?.value;
    if (!folder) throw new Error('the datamodel generator needs an output');
    const data = JSON.stringify(dmmf.datamodel, null, 2);
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'datamodel.ts'),
      `/** Prisma's datamodel, generated from schema.prisma. */\nexport const datamodel = ${data} as const;\n`,
    );
  },
});
