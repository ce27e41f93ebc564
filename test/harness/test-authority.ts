// A certificate authority of a test run, and servers' certificates for this machine.
import {
  issueAuthority,
  issueServer,
  type IssuedCertificate,
} from '../../src/config/certificate.ts'

const HOUR_MS = 60 * 60 * 1000

export interface TestAuthority {
  /** PEM, for those that are to trust it. */
  readonly certificate: string
  /** A new certificate for 127.0.0.1 and localhost. */
  issue(): Promise<IssuedCertificate>
}

export async function createTestAuthority(): Promise<TestAuthority> {
  const validity = { notBefore: Date.now() - HOUR_MS, notAfter: Date.now() + 24 * HOUR_MS }
  const authority = await issueAuthority('Carillon test authority', validity)
  return {
    certificate: authority.certificate,
    issue: () => issueServer(authority, 'Test server', ['127.0.0.1', 'localhost'], validity),
  }
}
