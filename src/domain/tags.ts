// Tags of resources, which serve as conditions of IAM policies and nothing else.

/** Values by key: each key once, in the order in which the keys were first given. */
export type Tags = ReadonlyMap<string, string>
