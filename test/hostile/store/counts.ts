// What must be true of the tables once background work is done: every count is that of the rows,
// and nothing is left of what was removed, or without what it belongs to.

/** Runs one statement on the database of the server that is looked at. */
export type Ask = (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

const living = (table: string) => `select * from ${table} where removal = 0`

/** A kept count beside the number of rows that it counts, for each row where they differ. */
function miscounted(table: string, column: string, rows: string): string {
  return `select '${table}.${column}' as what, o.arn as of, o.${column} as kept, (${rows}) as counted
    from (${living(table)}) o where o.${column} <> (${rows})`
}

function counter(name: string, table: string, only = ''): string {
  const rows = `select count(*) from ${table} ${only}`
  return `select 'counter ${name}' as what, '' as of, value as kept, (${rows}) as counted
    from counter where name = '${name}' and value <> (${rows})`
}

/** Rows whose owner is gone. */
function orphaned(table: string, owner: 'channel' | 'member' | 'app_instance'): string {
  return `select '${table} without ${owner}' as what, '' as of, 0 as kept, count(*) as counted
    from ${table} t left join ${owner} o on o.${owner}_key = t.${owner}_key
    where o.${owner}_key is null having count(*) > 0`
}

/** What a sub-channel keeps of its memberships, those of moderators apart. */
function miscountedInSubChannels(column: string, ofModerator: 0 | 1): string {
  const rows = `select count(*) from membership t where t.channel_key = o.channel_key
    and t.sub_channel_id = o.sub_channel_id and t.of_moderator = ${ofModerator}`
  return `select 'sub_channel.${column}' as what, o.sub_channel_id as of, o.${column} as kept,
    (${rows}) as counted from (${living('sub_channel')}) o where o.${column} <> (${rows})`
}

const inAppInstance = (table: string, only = '') =>
  `select count(*) from ${table} t where t.app_instance_key = o.app_instance_key ${only}`

const STATEMENTS = [
  miscounted(
    'app_instance',
    'users_count',
    inAppInstance('member', "and kind = 'user' and removal = 0"),
  ),
  miscounted(
    'app_instance',
    'bots_count',
    inAppInstance('member', "and kind = 'bot' and removal = 0"),
  ),
  miscounted('app_instance', 'admins_count', inAppInstance('app_instance_admin')),
  miscounted('app_instance', 'channels_count', inAppInstance('channel', 'and removal = 0')),
  miscounted(
    'app_instance',
    'elastic_channels_count',
    inAppInstance('channel', 'and removal = 0 and elastic_configuration is not null'),
  ),
  miscounted('app_instance', 'channel_flows_count', inAppInstance('channel_flow')),
  ...['membership', 'endpoint'].map((table) =>
    miscounted(
      'member',
      `${table}s_count`,
      `select count(*) from ${table} t where t.member_key = o.member_key`,
    ),
  ),
  ...['membership', 'moderator'].map((table) =>
    miscounted(
      'channel',
      `${table}s_count`,
      `select count(*) from ${table} t where t.channel_key = o.channel_key`,
    ),
  ),
  miscountedInSubChannels('memberships_count', 0),
  miscountedInSubChannels('moderators_count', 1),
  `select 'membership without sub-channel' as what, '' as of, 0 as kept, count(*) as counted
    from membership t left join sub_channel s on s.channel_key = t.channel_key
      and s.sub_channel_id = t.sub_channel_id and s.removal = 0
    where t.sub_channel_id <> '' and s.channel_key is null having count(*) > 0`,
  `select 'member in several sub-channels' as what, '' as of, 1 as kept, count(*) as counted
    from membership where sub_channel_id <> '' and of_moderator = 0
    group by channel_key, member_key having count(*) > 1`,
  counter('app-instances', 'app_instance', 'where removal = 0'),
  counter('iam-users', 'iam_user'),
  counter('iam-roles', 'iam_role'),
  ...[
    'message',
    'membership',
    'moderator',
    'ban',
    'targeted_activity',
    'channel_activity',
    'sub_channel',
  ].map((table) => orphaned(table, 'channel')),
  ...['membership', 'moderator', 'ban', 'endpoint', 'app_instance_admin'].map((table) =>
    orphaned(table, 'member'),
  ),
  ...['member', 'channel', 'channel_flow'].map((table) => orphaned(table, 'app_instance')),
  `select 'channel without activity' as what, c.arn as of, 0 as kept, 0 as counted
    from (${living('channel')}) c left join channel_activity y on y.channel_key = c.channel_key
    where y.channel_key is null`,
]

/** Every fault that is found; none is expected. */
export async function faultsIn(ask: Ask): Promise<readonly object[]> {
  const faults = []
  for (const statement of STATEMENTS) faults.push(...(await ask(statement)))
  return faults
}

/** How many things still wait for background work. */
export async function countLeft(ask: Ask): Promise<number> {
  const [row] = await ask(`select
    (select count(*) from channel where removal <> 0)
    + (select count(*) from sub_channel where removal <> 0)
    + (select count(*) from app_instance where removal <> 0)
    + (select count(*) from member where relations_left = 1) as "left"`)
  return Number(row?.['left'])
}
