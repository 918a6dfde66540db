import { expect, test } from 'vitest';
import type { Dmmf, DmmfField } from '../../src/generator/dmmf.ts';
import { toDatamodel } from '../../src/generator/to-datamodel.ts';
import { datamodel as cases } from '../ecto/generated/datamodel.ts';
import { datamodel as keys } from '../repo/keys/generated/datamodel.ts';

/** A model with a key and one other column. */
function modelWith(field: Partial<DmmfField>, rest: Partial<Dmmf['models'][number]> = {}): Dmmf {
  const column = {
    kind: 'scalar',
    type: 'String',
    isList: false,
    isRequired: true,
    isId: false,
    isUnique: false,
  };
  const fields = [
    { ...column, name: 'id', isId: true },
    { ...column, name: 'other', ...field },
  ];
  const model = { name: 'Thing', dbName: null, primaryKey: null, uniqueFields: [], fields };
  return { enums: [], indexes: [], models: [{ ...model, ...rest }] };
}

const call = (name: string, ...args: unknown[]) => ({ default: { name, args } });

test.each([
  ['a plain column', {}, { type: 'String' }],
  ['another name in the database', { dbName: 'o' }, { type: 'String', column: 'o' }],
  ['null', { isRequired: false }, { type: 'String', nullable: true }],
  ['a list', { isList: true }, { type: 'String', list: true }],
  [
    'a native type',
    { nativeType: ['Char', ['2']] },
    { type: 'String', native: 'Char', maxLength: 2 },
  ],
  [
    'the digits of a decimal',
    { type: 'Decimal', nativeType: ['Decimal', ['10', '2']] },
    { type: 'Decimal', native: 'Decimal', scale: 2, wholeDigits: 8 },
  ],
  ['those of one of no native type', { type: 'Decimal' }, { type: 'Decimal', wholeDigits: 35 }],
  [
    'a decimal of any size',
    { type: 'Decimal', nativeType: ['Decimal', []] },
    { type: 'Decimal', native: 'Decimal' },
  ],
  ['an enum', { kind: 'enum', type: 'Mood' }, { type: 'Mood' }],
  ['a literal', { default: 'x' }, { type: 'String', default: 'x' }],
  ['a list of literals', { default: ['x'] }, { type: 'String', default: ['x'] }],
  ['JSON', { type: 'Json', default: '{"a":[1]}' }, { type: 'Json', default: { a: [1] } }],
  ['autoincrement()', call('autoincrement'), { type: 'String', generated: 'sequence' }],
  ['uuid()', call('uuid', 4), { type: 'String', generated: 'uuid' }],
  ['now()', call('now'), { type: 'String', generated: 'now' }],
  ['cuid()', call('cuid', 1), { type: 'String', generated: 'client', call: 'cuid(1)' }],
  ['uuid(7)', call('uuid', 7), { type: 'String', generated: 'client', call: 'uuid(7)' }],
  ['dbgenerated()', call('dbgenerated'), { type: 'String', generated: 'database' }],
  [
    'dbgenerated() with SQL',
    call('dbgenerated', 'f()'),
    { type: 'String', generated: 'database', sql: 'f()' },
  ],
  ['@updatedAt', { isUpdatedAt: true }, { type: 'String', updatedAt: true }],
] satisfies [string, Partial<DmmfField>, object][])(
  'a column keeps %s',
  (_what, field, expected) => {
    expect(toDatamodel(modelWith(field), '').models['Thing']?.fields['other']).toEqual(expected);
  },
);

test('a column of a type that Prisma has no name for is left out', () => {
  const { models } = toDatamodel(modelWith({ kind: 'unsupported', type: 'circle' }), '');
  expect(Object.keys(models['Thing']?.fields ?? {})).toEqual(['id']);
});

test('a model keeps its table, its schema, and its keys', () => {
  const rest = { dbName: 'things', schema: 'stock', uniqueFields: [['id', 'other']] };
  expect(toDatamodel(modelWith({ isUnique: true }, rest), '').models['Thing']).toMatchObject({
    table: 'things',
    schema: 'stock',
    key: ['id'],
    uniques: [['other'], ['id', 'other']],
  });
});

test('a model keeps the names that the schema gives to its unique indexes', () => {
  const fields = [{ name: 'id' }, { name: 'other' }];
  const index = { model: 'Thing', type: 'unique', dbName: 'things_index', fields };
  const dmmf = { ...modelWith({}, { uniqueFields: [['id', 'other']] }), indexes: [index] };
  expect(toDatamodel(dmmf, '').models['Thing']).toMatchObject({
    uniqueNames: { 'id,other': 'things_index' },
  });
});

test('a model without a primary key is known by its first unique key', () => {
  const fields = modelWith({ isUnique: true }).models[0]?.fields.slice(1) ?? [];
  const { models } = toDatamodel(modelWith({}, { fields }), '');
  expect(models['Thing']).toMatchObject({ key: ['other'], uniques: [] });
});

test('an enum keeps the names that the database has for its values', () => {
  expect(cases.enums).toEqual({ Mood: { HAPPY: 'HAPPY', SAD: 'sad' } });
});

test('a key of several fields keeps the name that the schema gives it', () => {
  expect(cases.models.Station).toMatchObject({ key: ['city_id', 'line'], keyName: 'place' });
  expect(keys.models.Part).not.toHaveProperty('keyName');
});

test('a relation is read from both of its sides', () => {
  const key = { ownerKey: ['parentId'], relatedKey: ['id'] };
  const back = { ownerKey: ['id'], relatedKey: ['parentId'] };
  expect(keys.models.Note.associations).toMatchObject({
    part: { kind: 'belongsTo', to: 'Part', required: true, ownerKey: ['courseId', 'no'] },
    parent: { kind: 'belongsTo', to: 'Note', required: false, ...key },
    answers: { kind: 'hasMany', to: 'Note', required: false, ...back },
  });
  expect(keys.models.Student.associations.courses).toEqual({
    kind: 'manyToMany',
    to: 'Course',
    required: false,
    ownerKey: ['id'],
    relatedKey: ['id'],
  });
  expect(cases.models.Country.associations.flag).toMatchObject({ kind: 'hasOne', required: true });
});

test('a relation keeps the name that the schema gives to its foreign key', () => {
  const relation = { ...modelWith({}).models[0]!.fields[0]!, kind: 'object', isId: false };
  const tree = { type: 'Thing', relationName: 'tree' };
  const up = { relationFromFields: ['other'], relationToFields: ['id'] };
  const schema = (attribute: string) =>
    `model Thing {\n  id String @id\n  // up Thing @relation(map: "none")\n  up Thing? ${attribute}\n  down Thing[] @relation("tree")\n}\n`;
  const associationsIn = (attribute: string) => {
    const dmmf = modelWith({});
    const fields = [
      ...dmmf.models[0]!.fields,
      { ...relation, ...tree, ...up, name: 'up' },
      { ...relation, ...tree, name: 'down', isList: true },
    ];
    const { models } = toDatamodel(modelWith({}, { fields }), schema(attribute));
    return models['Thing']?.associations;
  };
  const fields = 'fields: [other], references: [id]';
  expect(associationsIn(`@relation("tree", ${fields}, map: "thing_up")`)).toMatchObject({
    up: { constraint: 'thing_up' },
    down: { constraint: 'thing_up' },
  });
  expect(associationsIn(`@relation("tree", ${fields})`)?.['up']).not.toHaveProperty('constraint');
});
