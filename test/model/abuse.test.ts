import { expect, test } from 'vitest';
import { getModel, readModels } from '../../src/model/datamodel/read-models.ts';
import type {
  AssociationOptions,
  ModelOptions,
} from '../../src/model/datamodel/association-rules.ts';
import { blogDatamodel as datamodel } from '../support/blog-datamodel.ts';
import { exportedFunctions } from '../support/exported.ts';

const noModel =
  'there is no model "Nope". There are: Author, Post, Comment, Tag, PostTag, Permalink, IdempotencyKey.';

/** Reads the blog's datamodel with options of one model, or of one association of Post. */
const declare = (model: string, options: ModelOptions) => () =>
  readModels(datamodel, { [model]: options });
const associate = (name: string, options: AssociationOptions) =>
  declare('Post', { associations: { [name]: options } });

const joinThrough = ['postTags', 'tag'] as const;
const through = ['author', 'posts'] as const;

/** Function, wrong use, call, message. */
const abuse: readonly (readonly [string, string, () => unknown, string])[] = [
  ['getModel', 'a name that no model has', () => getModel(readModels(datamodel), 'Nope'), noModel],
  ['readModels', 'options of a model that is not there', declare('Nope', {}), noModel],
  [
    'readModels',
    'a version that is no field',
    declare('Tag', { version: 'lockVersion' }),
    'Tag has no field "lockVersion". It has: id, name.',
  ],
  [
    'readModels',
    'a time of updates that is no field',
    declare('Tag', { updatedAt: 'updatedAt' }),
    'Tag has no field "updatedAt". It has: id, name.',
  ],
  [
    'readModels',
    'rules of an association that is not there',
    associate('nope', { onDelete: 'deleteAll' }),
    'Post has no association "nope". It has: author, comments, postTags, permalink.',
  ],
  [
    'readModels',
    'a many_to_many through what is no join row',
    associate('tags', { joinThrough: ['postTags', 'nope'] }),
    'Post.tags cannot join through "postTags" and "nope": name a has_many of Post, then a belongs_to of what it holds.',
  ],
  [
    'readModels',
    'a through whose step is not there',
    associate('names', { through: ['author', 'nope'] }),
    'Post.names goes through "nope", which Author does not have. It has: posts.',
  ],
  [
    'readModels',
    'onReplace update of a has_many',
    associate('comments', { onReplace: 'update' }),
    'Post.comments (hasMany) does not allow onReplace "update": it allows raise, markAsInvalid, nilify, delete, deleteIfExists.',
  ],
  [
    'readModels',
    'onReplace nilify of a many_to_many',
    associate('tags', { joinThrough, onReplace: 'nilify' }),
    'Post.tags (manyToMany) does not allow onReplace "nilify": it allows raise, markAsInvalid, delete.',
  ],
  [
    'readModels',
    'onReplace delete of a through',
    associate('siblings', { through, onReplace: 'delete' }),
    'Post.siblings (through) does not allow onReplace "delete": it allows raise.',
  ],
  [
    'readModels',
    'onDelete nilifyAll of a many_to_many',
    associate('tags', { joinThrough, onDelete: 'nilifyAll' }),
    'Post.tags (manyToMany) does not allow onDelete "nilifyAll": it allows nothing, deleteAll.',
  ],
  [
    'readModels',
    'onDelete deleteAll of a belongs_to',
    associate('author', { onDelete: 'deleteAll' }),
    'Post.author (belongsTo) does not allow onDelete "deleteAll": it allows nothing.',
  ],
  [
    'readModels',
    'onDelete deleteAll of a through',
    associate('siblings', { through, onDelete: 'deleteAll' }),
    'Post.siblings (through) does not allow onDelete "deleteAll": it allows nothing.',
  ],
];

test.each(abuse)('%s refuses %s', (_name, _use, call, message) => {
  expect(call).toThrow(new Error(message));
});

/** Exported functions that have no test of their wrong use, by the reason. */
const exempt: { readonly [reason: string]: readonly string[] } = {
  'a step of readModels, whose wrong uses show in its own': [
    'addDeclared',
    'assertPosition',
    'assertRules',
    'modelNamed',
    'namesOf',
    'readRelation',
    'readRules',
  ],
  'answers with a value, also what it is given wrongly': [
    'allowsOnReplace',
    'castId',
    'castKey',
    'castNamed',
    'castParts',
    'castValue',
    'constraintName',
    'countWhole',
    'equalValues',
    'isBlankText',
    'isList',
    'isStruct',
    'readDateTime',
    'readDecimal',
    'readTyped',
  ],
  'takes whatever its types let through': [
    'buildStruct',
    'byRecordKey',
    'compareDecimals',
    'completeKey',
    'dayOf',
    'foreignKeyTexts',
    'foreignKeys',
    'fromNumber',
    'idText',
    'isOrdered',
    'keyText',
    'limitsOf',
    'listOf',
    'loadStruct',
    'oneOrMany',
    'orderedLists',
    'parentOf',
    'pick',
    'primaryKey',
    'recordKey',
    'referenceText',
    'renameKey',
    'rowKeyText',
    'timeOf',
    'toNumber',
    'uniqueKeyTexts',
    'valueText',
    'withAssoc',
    'withFields',
    'withPlaces',
  ],
};

test('every exported function of the models has a test of its wrong use', async () => {
  const tested = abuse.map(([name]) => name);
  const known = [...new Set([...tested, ...Object.values(exempt).flat()])];
  expect(await exportedFunctions('model')).toEqual(known.toSorted());
});
