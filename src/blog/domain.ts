import { datamodel } from '../generated/datamodel.ts';
import { readModels } from '../model/datamodel/read-models.ts';
import { type Aggregate, collectAggregates, modelOptions } from '../mutation/domain.ts';
import { author } from './author.ts';

/** The aggregates of the blog, by model name. */
export const aggregates: ReadonlyMap<string, Aggregate> = collectAggregates([author]);

/** The models of the blog, by name. */
export const models = readModels(
  datamodel,
  Object.fromEntries(
    [...aggregates.values()].map((aggregate) => [aggregate.model, modelOptions(aggregate)]),
  ),
);
