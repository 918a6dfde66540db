import type { InputFields, InputRef } from '../builder.ts';
import type { Parts } from '../parts.ts';

/** An input as GraphQL coerced it. */
export interface WriteInput {
  readonly [name: string]: unknown;
}

/** The fields of an input type, by name. */
export type InputFieldMap = Record<string, ReturnType<InputFields['field']>>;

/** An input type of writes. */
export type InputType = InputRef<WriteInput>;

/** What an input type is. */
interface InputShape {
  readonly description: string;
  readonly fields: (t: InputFields) => InputFieldMap;
  readonly isOneOf?: boolean;
}

/**
 * The input type of a name: made when it is first asked for, and one wherever it is used. It is
 * known before its fields are made, which may lead back to it.
 */
export function inputNamed(parts: Parts, name: string, shape: InputShape): InputType {
  const { builder, named } = parts;
  const { description, fields, isOneOf = false } = shape;
  let isNew = false;
  const input = named(name, (typeName) => {
    isNew = true;
    return builder.inputRef<WriteInput>(typeName);
  });
  if (isNew) input.implement({ description, fields, isOneOf });
  return input;
}
