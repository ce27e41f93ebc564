// The two families of errors that may leave the server as an answer. Nothing here knows HTTP apart
// from the status of front-door errors, which no model lists.

/**
 * An error that the service models declare. `wireName` is the exception's shape name, for example
 * `ForbiddenException`; its HTTP status and `Code` are looked up by that name in the model.
 * `message` is sent to the caller: it says which member is wrong and why, and carries no secrets.
 */
export abstract class ApiError extends Error {
  readonly wireName: string

  constructor(wireName: string, message: string) {
    super(message)
    this.name = wireName
    this.wireName = wireName
  }
}

/**
 * An error that is answered before a modelled operation is reached: signature, unknown credential,
 * malformed body, unknown operation. Its body is `{"message": …}` without `Code`, because old SDKs
 * would otherwise take `Code` for the error's name.
 */
// evidence: behaviour 13.6
export class FrontDoorError extends Error {
  readonly wireName: string
  readonly status: number

  constructor(wireName: string, status: number, message: string) {
    super(message)
    this.name = wireName
    this.wireName = wireName
    this.status = status
  }
}
