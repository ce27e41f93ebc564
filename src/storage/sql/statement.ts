// Queries as data: written once with Kysely's types, compiled once per database, run as prepared
// statements. Compiling for every call would cost 20 to 50 µs, several times what most queries
// take.
import { OperationNodeTransformer, ValueNode } from 'kysely'
import type { Compilable, Kysely, KyselyPlugin } from 'kysely'
import type { Database } from './schema.ts'

export type SqlValue = string | number | null
export type Queries = Kysely<Database>

/** A query with named parameters. `Row` is what it returns; unimportant for changes. */
export interface Statement<Parameters, Row> {
  readonly build: (db: Queries, parameters: Parameters) => Compilable<Row>
}

/** The text of a statement for one database, and the order in which it takes its parameters. */
export interface CompiledStatement {
  readonly text: string
  readonly parametersCount: number
  /** The values to bind, in order. */
  readonly bind: (parameters: object) => SqlValue[]
}

/** Stands for a parameter while the query is built. */
class Slot {
  readonly parameterName: string

  constructor(parameterName: string) {
    this.parameterName = parameterName
  }
}

/**
 * Declares a statement. `build` runs once per database; what it finds in `parameters` are
 * placeholders, so it must only pass them on.
 */
export function defineStatement<Parameters extends object, Row>(
  build: (db: Queries, parameters: Parameters) => Compilable<Row>,
): Statement<Parameters, Row> {
  return { build }
}

/** Writes the numbers of a statement itself into its text, all that are no placeholders. */
class NumbersAsLiterals extends OperationNodeTransformer {
  protected override transformValue(node: ValueNode): ValueNode {
    return typeof node.value === 'number' ? ValueNode.createImmediate(node.value) : node
  }
}

const numbersAsLiterals = new NumbersAsLiterals()

/**
 * Of what is bound SQLite cannot know when it plans whether an index of some rows (`removal = 1`)
 * holds those that are asked for: it would plan again for each call, which takes 60 µs.
 */
const literals: KyselyPlugin = {
  transformQuery: ({ node }) => numbersAsLiterals.transformNode(node),
  transformResult: ({ result }) => Promise.resolve(result),
}

export function compileStatement<Parameters extends object, Row>(
  db: Queries,
  statement: Statement<Parameters, Row>,
): CompiledStatement {
  const slots = new Proxy({}, { get: (_target, name) => new Slot(String(name)) })
  const { sql, parameters } = statement
    .build(db.withPlugin(literals), slots as Parameters)
    .compile()
  // A slot's name, or undefined where `constants` has the value.
  const names = parameters.map((value) => (value instanceof Slot ? value.parameterName : undefined))
  const constants = parameters.map((value) => (value instanceof Slot ? null : (value as SqlValue)))
  return {
    text: sql,
    parametersCount: parameters.length,
    bind: (given) => {
      const values = given as Readonly<Record<string, SqlValue>>
      const bound = constants.slice()
      for (let index = 0; index < names.length; index++) {
        const name = names[index]
        if (name === undefined) continue
        const value = values[name]
        if (value === undefined) throw new Error(`parameter ${name} is missing for ${sql}`)
        bound[index] = value
      }
      return bound
    },
  }
}

/** The texts of statements for one database, each made when it is first needed. */
export class StatementTexts {
  readonly #queries: Queries
  readonly #compiled = new Map<object, CompiledStatement>()

  constructor(queries: Queries) {
    this.#queries = queries
  }

  get(statement: Statement<never, unknown>): CompiledStatement {
    let compiled = this.#compiled.get(statement)
    if (compiled === undefined) {
      compiled = compileStatement(this.#queries, statement as Statement<object, unknown>)
      this.#compiled.set(statement, compiled)
    }
    return compiled
  }
}
