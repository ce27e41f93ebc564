// PostgreSQL's SQL: a compiler for the shared queries, and what the shared schema becomes there.
import {
  DataTypeNode,
  DummyDriver,
  GeneratedNode,
  Kysely,
  OperationNodeTransformer,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  RawNode,
  type CreateTableNode,
  type ColumnDefinitionNode,
  type KyselyPlugin,
  type QueryId,
} from 'kysely'
import type { Database } from '../sql/schema.ts'
import type { Queries } from '../sql/statement.ts'

/** For building queries only: they run on the connections of this folder. */
export function createQueries(): Queries {
  return create<Database>([])
}

/** For building the statements of migrations. */
export function createSchemaQueries(): Kysely<unknown> {
  return create<unknown>([new SchemaPlugin()])
}

function create<Tables>(plugins: KyselyPlugin[]): Kysely<Tables> {
  return new Kysely<Tables>({
    plugins,
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
}

class SchemaPlugin implements KyselyPlugin {
  readonly #transformer = new SchemaTransformer()

  transformQuery: KyselyPlugin['transformQuery'] = ({ node, queryId }) =>
    this.#transformer.transformNode(node, queryId)

  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => result
}

/**
 * Texts are compared byte by byte, as SQLite does, whatever the locale of the database: the order
 * of lists and ids hangs on it. Integers have 64 bits everywhere. What stands behind a table's
 * definition says how SQLite lays it out.
 */
class SchemaTransformer extends OperationNodeTransformer {
  protected override transformCreateTable(
    node: CreateTableNode,
    queryId?: QueryId,
  ): CreateTableNode {
    const { endModifiers: _, ...table } = super.transformCreateTable(node, queryId)
    return table
  }

  protected override transformColumnDefinition(
    node: ColumnDefinitionNode,
    queryId?: QueryId,
  ): ColumnDefinitionNode {
    const { autoIncrement, ...column } = super.transformColumnDefinition(node, queryId)
    const { dataType } = column
    if (!DataTypeNode.is(dataType)) return column
    if (dataType.dataType === 'text') {
      return { ...column, dataType: RawNode.createWithSql('text collate "C"') }
    }
    if (dataType.dataType !== 'integer') return column
    const wide = { ...column, dataType: DataTypeNode.create('bigint') }
    if (autoIncrement !== true) return wide
    return { ...wide, generated: GeneratedNode.create({ identity: true, byDefault: true }) }
  }
}
