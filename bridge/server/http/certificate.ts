import { ProblemError } from '../../protocol/index.ts'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A certificate and its key, in PEM. */
export interface Certificate {
  cert: string
  key: string
  /** It was issued by another authority, so that HSTS can be used. */
  issued?: boolean
}

const days = 365

/** A certificate is renewed when it expires within this many milliseconds. */
const renewal = 14 * 24 * 3600 * 1000

/**
 * The certificate in `folder`, made there (self-signed, EC P-256, for this host's name and loopback) where there is
 * none, or when ours is about to expire. One of another issuer is used as it is.
 * @throws ProblemError `not-found` without the program openssl, `internal-error` where it fails or the folder cannot be written.
 */
export async function ensureCertificate(folder: string): Promise<Certificate> {
  const known = readCertificate(folder)
  if (known !== undefined) return known
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = mkdtempSync(join(folder, 'new-'))
  try {
    await makeCertificate(draft)
    chmodSync(join(draft, 'key.pem'), 0o600)
    // The key first: a certificate without its key is seen as missing, and both are made again.
    renameSync(join(draft, 'key.pem'), join(folder, 'key.pem'))
    renameSync(join(draft, 'cert.pem'), join(folder, 'cert.pem'))
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  const made = readCertificate(folder)
  if (made === undefined) throw new ProblemError('internal-error', `The certificate made in ${folder} cannot be used.`)
  return made
}

function readCertificate(folder: string): Certificate | undefined {
  try {
    const cert = readFileSync(join(folder, 'cert.pem'), 'utf8')
    const certificate = new X509Certificate(cert)
    const ours = certificate.issuer === certificate.subject
    if (ours && certificate.validToDate.getTime() - Date.now() < renewal) return undefined
    return { cert, key: readFileSync(join(folder, 'key.pem'), 'utf8'), issued: !ours }
  } catch {
    return undefined
  }
}

async function makeCertificate(folder: string): Promise<void> {
  const name =
    hostname()
      .replaceAll(/[^a-zA-Z0-9.-]/g, '')
      .slice(0, 60) || 'localhost'
  const names = [...new Set([name, 'localhost'])].map((each) => `DNS:${each}`)
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-noenc',
    '-sha256',
    '-days',
    String(days),
    '-subj',
    `/O=Self-signed by the console/CN=${name}`,
    '-addext',
    `subjectAltName=${[...names, 'IP:127.0.0.1', 'IP:::1'].join(',')}`,
    '-addext',
    'basicConstraints=critical,CA:FALSE',
    '-addext',
    'keyUsage=critical,digitalSignature',
    '-addext',
    'extendedKeyUsage=serverAuth',
    '-keyout',
    join(folder, 'key.pem'),
    '-out',
    join(folder, 'cert.pem'),
  ]
  try {
    await promisify(execFile)('openssl', args, { timeout: 20_000 })
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new ProblemError(
      missing ? 'not-found' : 'internal-error',
      missing
        ? 'The program openssl is missing; install the package openssl, or start without TLS.'
        : `openssl could not make a certificate in ${folder}.`,
      { cause },
    )
  }
}
