import type { IssueCode } from '../../changeset/issue.ts';
import { type LocatedIssue, messageOf } from '../../changeset/traverse-errors.ts';
import { typeName } from '../names.ts';
import type { Parts } from '../parts.ts';
import { toJson } from './json-value.ts';

const issueCodes: { readonly [code in IssueCode]: string } = {
  INVALID: 'Not of the type that is wanted here.',
  REQUIRED: 'Missing, null or blank.',
  LENGTH: 'Too long or too short.',
  FORMAT: 'Not of the form that is wanted.',
  NUMBER: 'A number out of bounds.',
  INCLUSION: 'Not one of the values there are.',
  UNIQUE: 'Another record has this value.',
  FOREIGN_KEY: 'No record has this id.',
  CHECK: 'Refused by a check of the database.',
  STILL_ASSOCIATED: 'Other records still refer to this one.',
  REPLACE_NOT_ALLOWED: 'Would replace records, which onReplace forbids; params.ids names them.',
  NOT_IN_ASSOCIATION: 'A record of this id is not in the association; put moves it here.',
  UNKNOWN_REF: 'The reference names no record.',
  DUPLICATE_ENTRY: 'The same record comes twice in one list.',
  CONFLICTING_INPUT: 'Says what another part of the request says otherwise.',
};

/** A mistake of the request, and where it is. */
export function issueType(parts: Parts) {
  const { builder, named, scalars } = parts;
  return named('Issue', () => {
    const issueCode = builder.enumType(typeName(parts, 'IssueCode'), {
      description: 'What is wrong, as a word that programs can tell apart. More may come.',
      values: Object.fromEntries(
        Object.entries(issueCodes).map(([code, description]) => [
          code,
          { value: code as IssueCode, description },
        ]),
      ),
    });
    return builder.objectRef<LocatedIssue>(typeName(parts, 'Issue')).implement({
      description: 'One mistake, and where it is.',
      fields: (t) => ({
        code: t.field({
          type: issueCode,
          nullable: false,
          description: 'What is wrong.',
          resolve: ({ code }) => code,
        }),
        message: t.string({
          nullable: false,
          description: 'Ready to show: should be at least 3 character(s)',
          resolve: messageOf,
        }),
        template: t.string({
          nullable: false,
          description:
            'The message before substitution, for translation: should be at least %{count} character(s)',
          resolve: ({ message }) => message,
        }),
        params: t.field({
          type: scalars.JSON,
          nullable: false,
          description: 'What the template takes, and what else is known.',
          resolve: ({ params }) => toJson(params),
        }),
        path: t.stringList({
          nullable: false,
          description:
            'Where in the request, from the mutation\'s arguments: ["input", "comments", "cast", "entries", "1", "body"]. It ends at the value that is wrong; an issue of an association ends with its name.',
          resolve: ({ path }) => path.map(String),
        }),
      }),
    });
  });
}
