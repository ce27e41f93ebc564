// From the text of a policy to what requests are held against, or to the reason why it is refused.
// Whatever compiles is understood in full: nothing in a document is ever skipped.
import type { PolicyKind } from './condition-keys.ts'
import { MalformedPolicy } from './malformed-policy.ts'
import { isJsonList, isJsonObject, parsePolicyJson, type JsonValue } from './policy-json.ts'
import { parseStatement, type Statement } from './statement.ts'

export interface CompiledPolicy {
  readonly kind: PolicyKind
  readonly statements: readonly Statement[]
  /**
   * Those that are about any of `actions`, which are in lower case. Remembered by the array, so
   * that callers that keep theirs pay once.
   */
  statementsAbout(actions: readonly string[]): readonly Statement[]
  /** Whether the tags of the resource must be read before it can be evaluated. */
  readonly mentionsResourceTags: boolean
}

/** Of all inline policies of a role together. evidence: docs reference_iam-quotas */
export const ROLE_POLICY_CHARACTERS_MAX = 10_240
/** evidence: docs reference_iam-quotas */
const TRUST_POLICY_CHARACTERS_MAX = 2_048
/** evidence: docs API_AssumeRole (Policy) */
export const SESSION_POLICY_CHARACTERS_MAX = 2_048
/** With white space. evidence: model policyDocumentType */
const TEXT_CHARACTERS_MAX = 131_072
/** What every request may cost. evidence: inferred (IAM bounds it by the size alone) */
const STATEMENTS_MAX = 200

const CHARACTERS_MAX: Readonly<Record<PolicyKind, number>> = {
  identity: ROLE_POLICY_CHARACTERS_MAX,
  trust: TRUST_POLICY_CHARACTERS_MAX,
  session: SESSION_POLICY_CHARACTERS_MAX,
}
const VERSIONS: ReadonlySet<JsonValue> = new Set(['2012-10-17', '2008-10-17'])
const ELEMENTS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement'])

/** As IAM counts the size of a policy: without white space. */
export function policyCharactersCount(text: string): number {
  return text.replaceAll(/\s/g, '').length
}

/**
 * The policy that `text` describes. Throws MalformedPolicy, whose text names place and rule. An
 * identity policy may be as large as a role's; whoever puts a user's checks the smaller bound.
 */
export function compilePolicy(text: string, kind: PolicyKind): CompiledPolicy {
  const charactersMax = CHARACTERS_MAX[kind]
  if (text.length > TEXT_CHARACTERS_MAX || policyCharactersCount(text) > charactersMax) {
    throw new MalformedPolicy('', `is longer than ${charactersMax} characters`)
  }
  const document = parsePolicyJson(text)
  if (!isJsonObject(document)) throw new MalformedPolicy('', 'must be a JSON object')
  for (const name of document.keys()) {
    if (!ELEMENTS.has(name)) throw new MalformedPolicy(name, 'is not an element of a policy')
  }
  const version = document.get('Version')
  if (version !== undefined && !VERSIONS.has(version)) {
    throw new MalformedPolicy('Version', 'must be "2012-10-17" or "2008-10-17"')
  }
  const id = document.get('Id')
  if (id !== undefined && typeof id !== 'string')
    throw new MalformedPolicy('Id', 'must be a string')
  const rules = { kind, hasVariables: version === '2012-10-17' }
  const elements = statementElements(document.get('Statement'))
  const statements = elements.map((element, index) =>
    parseStatement(element, rules, `Statement[${index}]`),
  )
  const mentionsResourceTags = statements.some((statement) => statement.mentionsResourceTags)
  return { kind, statements, statementsAbout: rememberByActions(statements), mentionsResourceTags }
}

function rememberByActions(
  statements: readonly Statement[],
): (actions: readonly string[]) => readonly Statement[] {
  const byActions = new WeakMap<readonly string[], readonly Statement[]>()
  return (actions) => {
    const known = byActions.get(actions)
    if (known !== undefined) return known
    const found = statements.filter((statement) => statement.isAboutAction(actions))
    byActions.set(actions, found)
    return found
  }
}

function statementElements(element: JsonValue | undefined): readonly JsonValue[] {
  if (element === undefined) throw new MalformedPolicy('Statement', 'is missing')
  const elements = isJsonList(element) ? element : [element]
  if (elements.length === 0) throw new MalformedPolicy('Statement', 'must not be an empty list')
  if (elements.length > STATEMENTS_MAX) {
    throw new MalformedPolicy('Statement', `holds more than ${STATEMENTS_MAX} statements`)
  }
  const sids = new Set<JsonValue>()
  for (const [index, statement] of elements.entries()) {
    const sid = isJsonObject(statement) ? statement.get('Sid') : undefined
    if (sid === undefined || sid === '') continue
    if (sids.has(sid)) throw new MalformedPolicy(`Statement[${index}].Sid`, 'is used twice')
    sids.add(sid)
  }
  return elements
}
