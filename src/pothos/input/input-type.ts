import { builder, type InputFields } from '../../graphql/builder.ts';

/** An input as GraphQL coerced it. */
export interface WriteInput {
  readonly [name: string]: unknown;
}

/** The fields of an input type, by name. */
export type InputFieldMap = Record<string, ReturnType<InputFields['field']>>;

/** An input type of writes. */
export type InputType = ReturnType<typeof makeRef>;

/** What an input type is. */
interface InputShape {
  readonly description: string;
  readonly fields: (t: InputFields) => InputFieldMap;
  readonly isOneOf?: boolean;
}

const inputs = new Map<string, InputType>();

/** The input type of a name: made when it is first asked for, and one wherever it is used. */
export function inputNamed(name: string, shape: InputShape): InputType {
  const known = inputs.get(name);
  if (known) return known;
  const ref = makeRef(name);
  inputs.set(name, ref);
  const { description, fields, isOneOf = false } = shape;
  ref.implement({ description, fields, isOneOf });
  return ref;
}

function makeRef(name: string) {
  return builder.inputRef<WriteInput>(name);
}
