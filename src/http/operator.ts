// What only the operator may ask, and how it is answered. No part of AWS's APIs, and for the root
// credential alone, because it tells of every application.
import { FrontDoorError } from '../base/api-error.ts'
import type { Principal } from '../domain/access.ts'
import type { OutboxAdministration } from '../services/outbox-administration.ts'
import type { OverviewReader } from '../services/overview-reader.ts'
import type { Answer } from './answer.ts'
import { answerOutbox, isOutbox } from './outbox.ts'
import { answerOverview, isOverview } from './overview.ts'

export interface OperatorRequest {
  readonly method: string
  readonly rawPath: string
  readonly rawQuery: string
  readonly body: Buffer
}

export interface OperatorServices {
  readonly overviews: OverviewReader
  readonly outbox: OutboxAdministration
}

/** Whether the request is one of the operator's. */
export function isOperators({ method, rawPath }: OperatorRequest): boolean {
  return isOverview(method, rawPath) || isOutbox(method, rawPath)
}

/**
 * The answer to whoever signed the request. Throws FrontDoorError: 403 unless that is the root
 * credential, 400 for a query or a body that cannot be used.
 */
export async function answerOperator(
  principal: Principal,
  request: OperatorRequest,
  services: OperatorServices,
  requestId: string,
): Promise<Answer> {
  const { method, rawPath, rawQuery } = request
  if (principal.kind !== 'root') {
    throw new FrontDoorError(
      'AccessDeniedException',
      403,
      `Only the root credential may ${method === 'GET' ? 'see' : 'use'} ${rawPath}`,
    )
  }
  const answer = isOverview(method, rawPath)
    ? await answerOverview(rawQuery, services.overviews)
    : await answerOutbox(request, services.outbox)
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'x-amzn-RequestId': requestId,
    },
    body: JSON.stringify(answer),
  }
}
