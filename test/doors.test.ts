import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/* The public names: whoever adds one, or takes one away, does it here too. */

/** Door, what it exports, the types that it exports. */
const doors: readonly (readonly [string, string, string])[] = [
  [
    'index.ts',
    `ConstraintError InvalidChangesetError OutcomeUnknownError OvertimeError RETRIES StaleEntryError
    TooManyRowsError UnavailableError VanishedError assertSameSchema makeLoaders makeRepo
    makeRowBudget makeTurns toNestedWrite writeWays`,
    `Channel LoaderOptions Loaders Outcome Preload PreloadOptions PreloadQuery PrismaCall Repo RepoOptions
    RepoSettings Row RowBudget TransactionClient Turns WriteWay`,
  ],
  [
    'changeset/index.ts',
    `ChangesetError addAssoc addError applyChanges assocConstraint buildAssoc buildStruct cast
    castAssoc change checkConstraint defineDomain dropChange exclusionConstraint expectVersion
    foreignKeyConstraint getAssoc getChange getField getModel isChangeset listErrors loadStruct
    messageOf noAssocConstraint optimisticLock owned planWrite prepareChanges putAction putAssoc
    putChange readModels reference traverseErrors uniqueConstraint validateChange validateFormat
    validateInclusion validateLength validateNumber validateRequired valueText withAssoc`,
    `Action AssocOptions Association AssociationDeclaration AssociationName AssociationOptions Assocs
    BelongsToDeclaration CastAssocOptions CastChild CastOptions Changeset Choice Constraint
    ConstraintOptions Datamodel Declaration Domain ErrorTree Field FieldName Issue IssueCode
    JoinDeclaration LengthOptions Loaded LocatedIssue Model ModelName Models NumberOptions OnDelete
    OnReplace OnUnknown Operation Order Params Path Plan PlanIssue PlanOptions PlannedOperation RecordData
    SchemaOptions Struct ValidateOptions Value Values`,
  ],
  [
    'mutation/index.ts',
    'dropExpiredKeys mutate standardMutationLimits',
    `Aggregate AssociationTools BuiltAssociation EntryShape MutateOptions MutationLimits Policy
    RecordShape Request Result RetryReason Setup ToWhere`,
  ],
  [
    'pothos/index.ts',
    'associationKit memberNames requestError standardInputLimits',
    'AssociationKit Failure InputLimits KitOptions MutationsOptions ObjectOptions',
  ],
  [
    'postgres/index.ts',
    `MigrationError addressesToTry makeAdapter makeDirectClient migrate openChannel poolConfig readAddress
    sslModes standardLimits tryConnection withParameter`,
    'Address ChannelOptions ClientOptions ConnectionOptions Limits MigrateOptions OpenChannel PoolState',
  ],
];

/** The names that a door exports, types marked as such. */
function exportsOf(door: string): string[] {
  const text = readFileSync(join(import.meta.dirname, '../src', door), 'utf8');
  return [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(
    ([, prefix = '', list = '']) =>
      list.match(/(type )?\w+/g)?.map((name) => `${prefix}${name}`) ?? [],
  );
}

test.each(doors)('%s exports these names', (door, values, named) => {
  const expected = [...values.split(/\s+/), ...named.split(/\s+/).map((name) => `type ${name}`)];
  expect(exportsOf(door).toSorted()).toEqual(expected.toSorted());
});

test('a name is exported by one door', () => {
  const all = doors.flatMap(([door]) => exportsOf(door));
  expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
});
