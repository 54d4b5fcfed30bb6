import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { must } from './processes.ts'

/** Bytes and the type a manifest gives them. */
export interface Blob {
  mediaType: string
  digest: string
  data: Buffer
}

/** An image as a registry takes it: blobs first, then the manifest. */
export interface TestImage {
  name: string
  tag: string
  blobs: Blob[]
  manifest: Blob
}

export interface LayerFile {
  /** A file's content, or where a symbolic link leads. */
  text?: string
  link?: string
  copy?: string
  mode?: number
  folder?: boolean
}

export type Compression = 'gzip' | 'zstd' | 'none'

const applets = [
  ...[
    'sh',
    'cat',
    'echo',
    'ls',
    'id',
    'sleep',
    'true',
    'false',
    'env',
    'hostname',
    'pwd',
    'touch',
    'mkdir',
    'rm',
    'cp',
    'mv',
    'stat',
  ],
  ...[
    'ps',
    'kill',
    'grep',
    'sed',
    'head',
    'tail',
    'wc',
    'tr',
    'dd',
    'seq',
    'date',
    'test',
    'nc',
    'wget',
    'httpd',
    'ip',
    'ifconfig',
  ],
  ...[
    'tty',
    'stty',
    'trap',
    'mount',
    'umount',
    'df',
    'free',
    'uname',
    'whoami',
    'printf',
    'sha256sum',
    'md5sum',
    'tar',
    'vi',
    'ping',
    'nslookup',
    'yes',
    'usleep',
  ],
]

/** A root with a static busybox, its programs as links, and the files every program expects. */
export function busyboxFiles(): Record<string, LayerFile> {
  return {
    'bin/busybox': { copy: '/usr/bin/busybox', mode: 0o755 },
    ...Object.fromEntries(applets.map((name) => [`bin/${name}`, { link: 'busybox' }])),
    'etc/passwd': { text: 'root:x:0:0:root:/root:/bin/sh\nwww:x:33:33:www:/var/www:/bin/sh\n' },
    'etc/group': { text: 'root:x:0:\nwww:x:33:\n' },
    'etc/nsswitch.conf': { text: 'hosts: files dns\n' },
    root: { folder: true, mode: 0o700 },
    tmp: { folder: true, mode: 0o1777 },
    'var/www': { folder: true },
    proc: { folder: true },
    sys: { folder: true },
    dev: { folder: true },
    run: { folder: true },
  }
}

/** One layer, uncompressed, the same bytes for the same files. */
export async function packLayer(files: Record<string, LayerFile>, scratch: string): Promise<Buffer> {
  const root = mkdtempSync(join(scratch, 'layer-'))
  chmodSync(root, 0o755)
  try {
    for (const [path, file] of Object.entries(files)) place(join(root, path), file)
    const archive = `${root}.tar`
    await must('tar', [
      '--sort=name',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mtime=@1700000000',
      '-C',
      root,
      '-cf',
      archive,
      '.',
    ])
    const data = readFileSync(archive)
    rmSync(archive)
    return data
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function place(path: string, file: LayerFile): void {
  mkdirSync(dirname(path), { recursive: true })
  if (file.folder) mkdirSync(path, { recursive: true })
  else if (file.link !== undefined) symlinkSync(file.link, path)
  else if (file.copy !== undefined) copyFileSync(file.copy, path)
  else writeFileSync(path, file.text ?? '')
  if (file.link === undefined) chmodSync(path, file.mode ?? (file.folder ? 0o755 : 0o644))
}

const sha256 = (data: Buffer) => `sha256:${createHash('sha256').update(data).digest('hex')}`

/** A blob with its digest. */
export function blob(mediaType: string, data: Buffer): Blob {
  return { mediaType, digest: sha256(data), data }
}

/** An OCI image of these layers for this machine's platform. */
export function image(
  name: string,
  layers: Buffer[],
  config: Record<string, unknown> = {},
  options: { tag?: string; compression?: Compression } = {},
): TestImage {
  const compression = options.compression ?? 'gzip'
  const packed = layers.map((layer) => {
    if (compression === 'gzip') return blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(layer, { level: 1 }))
    if (compression === 'zstd') return blob('application/vnd.oci.image.layer.v1.tar+zstd', zstdCompressSync(layer))
    return blob('application/vnd.oci.image.layer.v1.tar', layer)
  })
  const configuration = blob(
    'application/vnd.oci.image.config.v1+json',
    json({
      created: '2026-01-02T03:04:05Z',
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/bin:/usr/bin'], Cmd: ['sh'], ...config },
      rootfs: { type: 'layers', diff_ids: layers.map(sha256) },
      history: layers.map((_, index) => ({ created: '2026-01-02T03:04:05Z', created_by: `layer ${index}` })),
    }),
  )
  const describe = (each: Blob) => ({ mediaType: each.mediaType, digest: each.digest, size: each.data.length })
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = blob(
    mediaType,
    json({ schemaVersion: 2, mediaType, config: describe(configuration), layers: packed.map(describe) }),
  )
  return { name, tag: options.tag ?? 'latest', blobs: [...packed, configuration], manifest }
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
