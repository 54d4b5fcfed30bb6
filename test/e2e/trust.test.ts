import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, type Berth, berthAs, clear, withEnvironment } from '../support/berth.ts'
import { must, run } from '../support/processes.ts'

const stage = inject('stage')
const { images } = stage

describe.each(anyone)('trust as %s', (name) => {
  const folder = join(stage.folder, `trust-${name}`)
  const gnupg = join(folder, 'gnupg')
  // Root's home is a person's, and stays as it is.
  const home = name === 'root' ? join(folder, 'home') : berthAs(name).user.home
  const config = join(home, '.config/containers')
  const env = { GNUPGHOME: gnupg, HOME: home }
  const berth = withEnvironment(berthAs(name), env)
  const place = (path: string) => `${stage.registry}/trust-${name}/${path}`
  let fingerprint = ''

  beforeAll(async () => {
    own(berth, folder)
    own(berth, gnupg)
    await gpg('--quick-gen-key', 'Test Signer <signer@example.org>', 'ed25519', 'sign', 'never')
    fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(await gpg('--list-keys', '--with-colons'))![1]!
    writeFileSync(join(folder, 'key.asc'), await gpg('--armor', '--export', fingerprint))
    writeFileSync(join(folder, 'pass'), 'harbour\n', { mode: 0o644 })
    write(join(folder, 'auth.json'), '{}')
    await berth(
      'image',
      'generate-sigstore-key',
      '--output-prefix',
      join(folder, 'key'),
      '--passphrase-file',
      join(folder, 'pass'),
    )
    own(berth, home)
    own(berth, join(home, '.config'))
    own(berth, config)
    own(berth, join(config, 'registries.d'))
    write(
      join(config, 'registries.d/test.yaml'),
      `docker:\n  ${stage.registry}:\n    lookaside: file://${folder}/lookaside\n    use-sigstore-attachments: true\n`,
    )
    await berth('pull', '-q', images.busybox)
  }, 60_000)

  afterEach(() => rmSync(join(config, 'policy.json'), { force: true }))
  afterAll(async () => {
    await asOwner('gpgconf', ['--kill', 'all'])
    rmSync(config, { recursive: true, force: true })
    await clear(berth)
  })

  test('an image that policy.json rejects is not pulled, and nothing of it stays', async () => {
    policy({ default: [{ type: 'reject' }] })
    const before = blobs()
    const refused = await berth.try(['pull', images.layers])
    expect(refused.code).toBe(125)
    expect(refused.stderr).toMatch(/Source image rejected: docker:\/\/.*layers.*: policy\.json rejects it/)
    expect(blobs()).toEqual(before)
    policy({ default: [{ type: 'reject' }], transports: { docker: { [stage.registry]: [{ type: 'insecureAcceptAnything' }] } } })
    await berth('pull', '-q', images.layers)
    await berth('rmi', images.layers)
  })

  test('a policy that cannot be read lets nothing in', async () => {
    write(join(config, 'policy.json'), '{"default":[{"type":"acceptAll"}]}')
    const refused = await berth.try(['pull', images.layers])
    expect(refused.code).toBe(125)
    expect(refused.stderr).toContain('policy.json cannot be used')
  })

  test('signed by gpg: only what is signed with the key and under its name', async () => {
    policy({
      transports: { docker: { [place('gpg')]: [{ type: 'signedBy', keyType: 'GPGKeys', keyPath: join(folder, 'key.asc') }] } },
      default: [{ type: 'insecureAcceptAnything' }],
    })
    await push(images.busybox, place('gpg:unsigned'))
    const unsigned = await berth.try(['pull', place('gpg:unsigned')])
    expect(unsigned.stderr).toContain('no gpg signature exists')
    await push(images.busybox, place('gpg:signed'), '--sign-by', fingerprint)
    expect(await berth('pull', '-q', place('gpg:signed'))).toMatch(/^[0-9a-f]{64}$/)
    // The same manifest under another name: its signature says `signed`.
    const other = await berth.try(['pull', place('gpg:unsigned')])
    expect(other.code).toBe(125)
    expect(other.stderr).toContain('is not accepted for')
    await berth('rmi', place('gpg:signed'))
  })

  test('another tool accepts our signatures, and we accept its', async () => {
    const rules = {
      default: [{ type: 'reject' }],
      transports: { docker: { [stage.registry]: [{ type: 'signedBy', keyType: 'GPGKeys', keyPath: join(folder, 'key.asc') }] } },
    }
    const file = join(folder, 'strict.json')
    writeFileSync(file, JSON.stringify(rules))
    await push(images.busybox, place('foreign:ours'), '--sign-by', fingerprint)
    await skopeo('--policy', file, 'copy', '--src-tls-verify=false', `docker://${place('foreign:ours')}`, `dir:${folder}/copied`)
    expect(readdirSync(join(folder, 'copied'))).toContain('signature-1')
    const foreign = [`docker://${images.layers}`, `docker://${place('foreign:theirs')}`]
    await skopeo('copy', '--src-tls-verify=false', '--dest-tls-verify=false', '--sign-by', fingerprint, ...foreign)
    policy(rules)
    expect(await berth('pull', '-q', place('foreign:theirs'))).toMatch(/^[0-9a-f]{64}$/)
    await berth('rmi', place('foreign:theirs'))
  })

  test('signed by a sigstore key: ours, and those of other tools', async () => {
    const rule = { type: 'sigstoreSigned', keyPath: join(folder, 'key.pub') }
    policy({
      default: [{ type: 'insecureAcceptAnything' }],
      transports: {
        docker: { [place('sigstore')]: [rule], [place('cosign')]: [{ ...rule, signedIdentity: { type: 'matchRepository' } }] },
      },
    })
    await push(images.busybox, place('sigstore:unsigned'))
    expect((await berth.try(['pull', place('sigstore:unsigned')])).stderr).toContain('no sigstore signature exists')
    const keys = [join(folder, 'key.private'), '--sign-passphrase-file', join(folder, 'pass')]
    await push(images.busybox, place('sigstore:signed'), '--sign-by-sigstore-private-key', ...keys)
    expect(await berth('pull', '-q', place('sigstore:signed'))).toMatch(/^[0-9a-f]{64}$/)
    const verify = [
      'verify',
      '--insecure-ignore-tlog=true',
      '--allow-insecure-registry',
      '--key',
      join(folder, 'key.pub'),
      place('sigstore:signed'),
    ]
    const cosign = await run('cosign', verify, { env: toolEnvironment() })
    expect(cosign.code, cosign.stderr).toBe(0)
    const theirs = ['--sign-by-sigstore-private-key', ...keys]
    await skopeo(
      'copy',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      ...theirs,
      `docker://${images.layers}`,
      `docker://${place('sigstore:theirs')}`,
    )
    expect(await berth('pull', '-q', place('sigstore:theirs'))).toMatch(/^[0-9a-f]{64}$/)
    for (const tag of ['signed', 'theirs']) await berth('rmi', place(`sigstore:${tag}`))
  }, 60_000)

  test('a wrong passphrase and an unknown key are said before anything is sent', async () => {
    writeFileSync(join(folder, 'wrong'), 'port\n')
    const keys = ['--sign-by-sigstore-private-key', join(folder, 'key.private'), '--sign-passphrase-file', join(folder, 'wrong')]
    const wrong = await berth.try(['push', '--tls-verify=false', ...keys, images.busybox, place('never:1')])
    expect(wrong.code).toBe(125)
    expect(wrong.stderr).toContain('the passphrase is not the right one')
    expect(wrong.stderr).not.toContain('port')
    const unknown = await berth.try(
      ['push', '--tls-verify=false', '--sign-by', 'nobody@example.org', images.busybox, place('never:1')],
      { env },
    )
    expect(unknown.code).toBe(125)
    expect(unknown.stderr).toContain('nobody@example.org')
    expect((await berth.try(['pull', '-q', place('never:1')])).code).toBe(125)
  })

  test('signing and verifying files', async () => {
    const manifest = join(folder, 'manifest.json')
    writeFileSync(manifest, '{"schemaVersion":2}')
    const signature = join(folder, 'signature')
    const signed = await berth.try(['image', 'standalone-sign', manifest, 'example.org/app:1', fingerprint, '-o', signature], {
      env,
    })
    expect(signed.code, signed.stderr).toBe(0)
    const args = ['--public-key-file', join(folder, 'key.asc'), manifest]
    const good = await berth.try(['image', 'standalone-verify', ...args, 'example.org/app:1', 'any', signature])
    expect(good.stdout).toContain(`Signature verified using fingerprint ${fingerprint}, digest sha256:`)
    await skopeo('standalone-verify', ...args, 'example.org/app:1', 'any', signature)
    const other = await berth.try(['image', 'standalone-verify', ...args, 'example.org/app:2', 'any', signature])
    expect(other.code).toBe(125)
    expect(other.stderr).toContain('does not match')
    const damaged = readFileSync(signature)
    damaged[damaged.length - 20]! ^= 1
    writeFileSync(signature, damaged)
    expect((await berth.try(['image', 'standalone-verify', ...args, 'example.org/app:1', 'any', signature])).code).toBe(125)
  })

  test('trust is set and shown', async () => {
    const file = join(config, 'policy.json')
    policy({ default: [{ type: 'insecureAcceptAnything' }] })
    const at = ['--policypath', file]
    await berth('image', 'trust', 'set', ...at, '--type', 'reject', 'default')
    await berth('image', 'trust', 'set', ...at, '-f', join(folder, 'key.asc'), 'example.org/app')
    expect((await berth.try(['image', 'trust', 'set', ...at, 'example.org'])).stderr).toContain('at least one public key')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      default: [{ type: 'reject' }],
      transports: { docker: { 'example.org/app': [{ type: 'signedBy', keyType: 'GPGKeys', keyPath: join(folder, 'key.asc') }] } },
    })
    const table = await berth('image', 'trust', 'show', ...at)
    expect(table.split('\n')[0]).toMatch(/^TRANSPORT +NAME +TYPE +ID +STORE/)
    expect(table).toMatch(/repository +example\.org\/app +signed/)
  })

  const policy = (document: object): void => write(join(config, 'policy.json'), JSON.stringify(document))
  const write = (file: string, text: string): void => {
    writeFileSync(file, text)
    chownSync(file, berth.user.uid, berth.user.gid)
  }
  const blobs = (): string[] =>
    existsSync(join(berth.store, 'blobs/sha256')) ? readdirSync(join(berth.store, 'blobs/sha256')) : []
  const toolEnvironment = () => ({ PATH: process.env.PATH!, ...env, REGISTRY_AUTH_FILE: join(folder, 'auth.json') })
  const gpg = (...args: string[]) => asOwner('gpg', ['--batch', '--passphrase', '', ...args])
  const skopeo = (...args: string[]) => asOwner('skopeo', ['--registries.d', join(config, 'registries.d'), ...args])

  function asOwner(program: string, args: string[]): Promise<string> {
    const who = berth.root ? [] : [`--reuid=${berth.user.uid}`, `--regid=${berth.user.gid}`, '--clear-groups']
    return must('setpriv', [...who, '--', program, ...args], { env: toolEnvironment(), timeout: 60_000 })
  }

  async function push(from: string, to: string, ...flags: string[]): Promise<void> {
    const { code, stderr } = await berth.try(['push', '-q', '--tls-verify=false', ...flags, from, to])
    expect(code, stderr).toBe(0)
  }
})

/** A folder of that user's, closed to others as gpg wants it. */
function own(berth: Berth, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chownSync(folder, berth.user.uid, berth.user.gid)
}
