// The exceptions of IAM that its operations throw, by wire name. Status and `Code` are looked up in
// the model by the name; nothing here knows HTTP.
import { ApiError } from '../base/api-error.ts'

/** A user, role, policy, key or provider that does not exist; the message names it. */
export class NoSuchEntityException extends ApiError {
  constructor(message: string) {
    super('NoSuchEntityException', message)
  }
}

/** The name is taken, in this or another spelling. */
export class EntityAlreadyExistsException extends ApiError {
  constructor(message: string) {
    super('EntityAlreadyExistsException', message)
  }
}

/** Something still belongs to what is to be deleted. */
export class DeleteConflictException extends ApiError {
  constructor(message: string) {
    super('DeleteConflictException', message)
  }
}

/** A quota is used up; the message names the quota and its value. */
export class LimitExceededException extends ApiError {
  constructor(message: string) {
    super('LimitExceededException', message)
  }
}

/** Input against a rule that no model states. */
export class InvalidInputException extends ApiError {
  constructor(message: string) {
    super('InvalidInputException', message)
  }
}

/** A policy document that cannot be accepted; the message names the place and the rule. */
export class MalformedPolicyDocumentException extends ApiError {
  constructor(message: string) {
    super('MalformedPolicyDocumentException', message)
  }
}
