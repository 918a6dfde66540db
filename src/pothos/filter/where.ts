import type { Association, Model } from '../../model/model.ts';
import { inputNamed, type InputType } from '../input/input-type.ts';
import type { Parts } from '../parts.ts';
import { columnsOf } from '../read/column.ts';
import { filterInput, isFiltered } from './filter.ts';

/** The where input of a model: PostWhere and its like. */
export function whereInput(parts: Parts, model: Model): InputType {
  const { maxItems, maxWhereValues, maxWhereDepth, maxWhereAssociations } = parts.inputLimits;
  return inputNamed(parts, `${model.name}Where`, {
    description: `Which rows of ${model.name}: all conditions must hold; {} is no condition, and null within it is refused. At most ${maxItems} items in a list, ${maxWhereValues} values and conditions in all, ${maxWhereAssociations} of them on associations, ${maxWhereDepth} levels.`,
    fields: (t) => ({
      ...Object.fromEntries(
        columnsOf(model)
          .filter(isFiltered)
          .map((column) => {
            const description = `Condition on ${column.name}.`;
            const type = filterInput(parts, model, column);
            return [column.name, t.field({ type, required: false, description })];
          }),
      ),
      ...Object.fromEntries(
        filteredAssociations(parts, model).map((association) => {
          const description = `Condition on ${association.name}.`;
          const type = associationInput(parts, association);
          return [association.name, t.field({ type, required: false, description })];
        }),
      ),
      AND: t.field({
        type: [whereInput(parts, model)],
        required: false,
        description: 'All of these hold.',
      }),
      OR: t.field({
        type: [whereInput(parts, model)],
        required: false,
        description: 'At least one of these holds; [] holds for no row.',
      }),
      NOT: t.field({
        type: [whereInput(parts, model)],
        required: false,
        description:
          'None of these holds. What compares a column without a value neither holds nor fails: such rows are left out.',
      }),
    }),
  });
}

/** The associations of models that the schema shows; not those of join rows. */
function filteredAssociations({ isShown }: Parts, model: Model): readonly Association[] {
  return [...model.associations.values()].filter(
    ({ kind, related }) => kind !== 'through' && isShown(related),
  );
}

function associationInput(parts: Parts, { cardinality, related }: Association): InputType {
  return cardinality === 'many' ? manyInput(parts, related) : oneInput(parts, related);
}

function manyInput(parts: Parts, related: Model): InputType {
  const type = whereInput(parts, related);
  return inputNamed(parts, `${related.name}ListFilter`, {
    description: `Conditions on a list of ${related.name}; all that are given must hold.`,
    fields: (t) => ({
      some: t.field({ type, required: false, description: 'At least one row meets this.' }),
      every: t.field({
        type,
        required: false,
        description: 'No row fails to meet this; holds for an empty list.',
      }),
      none: t.field({ type, required: false, description: 'No row meets this.' }),
    }),
  });
}

function oneInput(parts: Parts, related: Model): InputType {
  const type = whereInput(parts, related);
  return inputNamed(parts, `${related.name}RecordFilter`, {
    description: `Conditions on one ${related.name}; all that are given must hold.`,
    fields: (t) => ({
      is: t.field({ type, required: false, description: 'It is there and meets this.' }),
      isNot: t.field({
        type,
        required: false,
        description: 'It does not meet this, or is not there.',
      }),
    }),
  });
}
