// Endpoints of users: queries and changes. Device tokens are secrets: they go into rows and keys of
// this process, never into a log.
import { sql } from 'kysely'
import { appInstanceArnWithin, type AppInstanceUserArn } from '../../../base/arn.ts'
import type { AppInstanceUserEndpoint } from '../../../domain/identity.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type * as port from '../../../ports/store-identity.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import {
  appInstanceKeyQuery,
  devicesKey,
  memberKeyQuery,
  memberPlaceOf,
  type MemberPlace,
} from '../keys.ts'
import { pageOf } from '../paging.ts'
import { defineStatement, type Queries } from '../statement.ts'

interface EndpointPlace extends MemberPlace {
  readonly endpointId: string
}

function endpointRows(db: Queries) {
  return db
    .selectFrom('endpoint as e')
    .innerJoin('member as m', 'm.member_key', 'e.member_key')
    .select([
      'm.arn',
      'e.endpoint_id',
      'e.name',
      'e.type',
      'e.resource_arn',
      'e.device_token',
      'e.voip_device_token',
      'e.allow_messages',
      'e.status',
      'e.status_reason',
      'e.created_at',
      'e.last_updated_at',
    ])
}

const findRow = defineStatement((db, place: EndpointPlace) =>
  endpointRows(db)
    .where('e.member_key', '=', memberKeyQuery(db, place))
    .where('e.endpoint_id', '=', place.endpointId),
)

interface ListParameters extends MemberPlace {
  readonly afterValue: number
  readonly afterId: string
  readonly limit: number
}

const listByAge = defineStatement((db, place: ListParameters) =>
  endpointRows(db)
    .where('e.member_key', '=', memberKeyQuery(db, place))
    .where(sql<boolean>`(e.created_at, e.endpoint_id) > (${place.afterValue}, ${place.afterId})`)
    .orderBy('e.created_at')
    .orderBy('e.endpoint_id')
    .limit(place.limit),
)

interface TokenParameters {
  readonly appInstanceArn: string
  readonly type: string
  readonly resourceArn: string
  readonly deviceToken: string
}

const findByToken = defineStatement((db, place: TokenParameters) =>
  endpointRows(db)
    .where('e.device_token', '=', place.deviceToken)
    .where('e.type', '=', place.type)
    .where('e.resource_arn', '=', place.resourceArn)
    .where('m.app_instance_key', '=', appInstanceKeyQuery(db, place.appInstanceArn))
    .where('m.removal', '=', 0)
    .limit(1),
)

interface EndpointValues extends EndpointPlace {
  readonly name: string | null
  readonly type: string
  readonly resourceArn: string
  readonly deviceToken: string
  readonly voipDeviceToken: string | null
  readonly allowMessages: string
  readonly status: string
  readonly statusReason: string | null
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

const insertRow = defineStatement((db, values: EndpointValues) =>
  db.insertInto('endpoint').values({
    member_key: memberKeyQuery(db, values),
    endpoint_id: values.endpointId,
    name: values.name,
    type: values.type,
    resource_arn: values.resourceArn,
    device_token: values.deviceToken,
    voip_device_token: values.voipDeviceToken,
    allow_messages: values.allowMessages,
    status: values.status,
    status_reason: values.statusReason,
    created_at: values.createdAt,
    last_updated_at: values.lastUpdatedAt,
  }),
)

const replaceRow = defineStatement((db, values: EndpointValues) =>
  db
    .updateTable('endpoint')
    .set({
      name: values.name,
      allow_messages: values.allowMessages,
      status: values.status,
      status_reason: values.statusReason,
      last_updated_at: values.lastUpdatedAt,
    })
    .where('member_key', '=', memberKeyQuery(db, values))
    .where('endpoint_id', '=', values.endpointId),
)

/** The count goes down only if there is something to remove, so it runs first. */
const removal = [
  defineStatement((db, place: EndpointPlace) =>
    db
      .updateTable('member')
      .set((eb) => ({ endpoints_count: eb('endpoints_count', '-', 1) }))
      .where('member_key', '=', (eb) =>
        eb
          .selectFrom('endpoint')
          .select('member_key')
          .where('member_key', '=', memberKeyQuery(db, place))
          .where('endpoint_id', '=', place.endpointId),
      ),
  ),
  defineStatement((db, place: EndpointPlace) =>
    db
      .deleteFrom('endpoint')
      .where('member_key', '=', memberKeyQuery(db, place))
      .where('endpoint_id', '=', place.endpointId),
  ),
]

type Device = Pick<AppInstanceUserEndpoint, 'type' | 'resourceArn' | 'deviceToken'>

export class EndpointReader implements port.EndpointReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(
    userArn: AppInstanceUserArn,
    endpointId: string,
  ): Promise<AppInstanceUserEndpoint | undefined> {
    this.#context.dependOn(appInstanceArnWithin(userArn))
    this.#context.dependOn(userArn)
    this.#context.dependOn(endpointKey(userArn, endpointId))
    const row = await this.#context.first(findRow, { ...memberPlaceOf(userArn), endpointId })
    return row && endpointOf(row)
  }

  async list(
    userArn: AppInstanceUserArn,
    page: PageRequest,
  ): Promise<Page<AppInstanceUserEndpoint>> {
    const rows = await this.#context.all(listByAge, {
      ...memberPlaceOf(userArn),
      afterValue: Number(page.after?.[0] ?? Number.MIN_SAFE_INTEGER),
      afterId: String(page.after?.[1] ?? ''),
      limit: page.limit + 1,
    })
    return pageOf(rows, page.limit, endpointOf, (row) => [row.created_at, row.endpoint_id])
  }

  async findByDeviceToken(
    userArn: AppInstanceUserArn,
    device: Device,
  ): Promise<AppInstanceUserEndpoint | undefined> {
    const appInstanceArn = appInstanceArnWithin(userArn)
    this.#context.dependOn(appInstanceArn)
    this.#context.dependOn(deviceKey(userArn, device))
    const { type, resourceArn, deviceToken } = device
    const row = await this.#context.first(findByToken, {
      appInstanceArn,
      type,
      resourceArn,
      deviceToken,
    })
    return row && endpointOf(row)
  }
}

export class EndpointWriter extends EndpointReader implements port.EndpointWriter {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insert(endpoint: AppInstanceUserEndpoint): void {
    const { appInstanceUserArn: userArn, endpointId } = endpoint
    this.#context.dependOn(appInstanceArnWithin(userArn))
    this.#context.dependOn(userArn)
    this.#context.changeKey(endpointKey(userArn, endpointId))
    this.#context.changeKey(deviceKey(userArn, endpoint))
    this.#context.changeKey(devicesKey(appInstanceArnWithin(userArn)))
    this.#context.change(insertRow, valuesOf(endpoint))
    this.#context.countOneMore({ kind: 'endpoints', of: userArn })
  }

  replace(endpoint: AppInstanceUserEndpoint): void {
    this.#context.changeKey(endpointKey(endpoint.appInstanceUserArn, endpoint.endpointId))
    this.#context.change(replaceRow, valuesOf(endpoint))
  }

  /**
   * The device's key need not change: whoever has just found the device registered either removes
   * the same endpoint, or tells its owner, who is about to remove it.
   */
  remove(userArn: AppInstanceUserArn, endpointId: string): void {
    this.#context.changeKey(endpointKey(userArn, endpointId))
    const place = { ...memberPlaceOf(userArn), endpointId }
    for (const step of removal) this.#context.change(step, place)
  }
}

function endpointKey(userArn: AppInstanceUserArn, endpointId: string): string {
  return `${userArn} endpoint ${endpointId}`
}

/** One device of one push provider, whoever has registered it. */
function deviceKey(userArn: AppInstanceUserArn, device: Device): string {
  const { type, resourceArn, deviceToken } = device
  return `${appInstanceArnWithin(userArn)} device ${type} ${resourceArn} ${deviceToken}`
}

function valuesOf(endpoint: AppInstanceUserEndpoint): EndpointValues {
  return {
    ...memberPlaceOf(endpoint.appInstanceUserArn),
    endpointId: endpoint.endpointId,
    name: endpoint.name ?? null,
    type: endpoint.type,
    resourceArn: endpoint.resourceArn,
    deviceToken: endpoint.deviceToken,
    voipDeviceToken: endpoint.voipDeviceToken ?? null,
    allowMessages: endpoint.allowMessages,
    status: endpoint.status,
    statusReason: endpoint.statusReason ?? null,
    createdAt: endpoint.createdAt,
    lastUpdatedAt: endpoint.lastUpdatedAt,
  }
}

interface EndpointRow {
  readonly arn: string
  readonly endpoint_id: string
  readonly name: string | null
  readonly type: string
  readonly resource_arn: string
  readonly device_token: string
  readonly voip_device_token: string | null
  readonly allow_messages: string
  readonly status: string
  readonly status_reason: string | null
  readonly created_at: number
  readonly last_updated_at: number
}

function endpointOf(row: EndpointRow): AppInstanceUserEndpoint {
  return {
    appInstanceUserArn: row.arn as AppInstanceUserArn,
    endpointId: row.endpoint_id,
    name: row.name ?? undefined,
    type: row.type as AppInstanceUserEndpoint['type'],
    resourceArn: row.resource_arn,
    deviceToken: row.device_token,
    voipDeviceToken: row.voip_device_token ?? undefined,
    allowMessages: row.allow_messages as AppInstanceUserEndpoint['allowMessages'],
    status: row.status as AppInstanceUserEndpoint['status'],
    statusReason:
      (row.status_reason as AppInstanceUserEndpoint['statusReason'] | null) ?? undefined,
    createdAt: row.created_at,
    lastUpdatedAt: row.last_updated_at,
  }
}
