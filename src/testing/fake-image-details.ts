import type { Engine, Output } from '../../engine/contract/index.ts'
import type { Image } from '../engine/live/live-data.ts'
import { hex } from './fake-data.ts'
import type { FakeWorld } from './fake-world.ts'
import { findImage } from './fake-images.ts'

const steps = [
  ['/bin/sh -c #(nop) ADD file:8f1f2a in / ', 78_100_000, 29_800_000],
  [
    '/bin/sh -c set -x && groupadd --system --gid 101 nginx && apt-get update && apt-get install -y nginx=1.29.3-1~trixie # buildkit',
    112_400_000,
    44_100_000,
  ],
  ['COPY docker-entrypoint.sh / # buildkit', 1620, 955],
  ['ENV NGINX_VERSION=1.29.3', 0, 0],
  ['EXPOSE map[80/tcp:{}]', 0, 0],
  ['CMD ["nginx" "-g" "daemon off;"]', 0, 0],
] as const

/** The fake's operations that describe one image. */
export function imageDetailVerbs(world: FakeWorld): Partial<Engine> {
  const at = (index: number) => Math.floor(Date.now() / 1000 - 12 * 86_400 + index * 40)
  return {
    'image.inspect': async ({ name }) => inspect(findImage(world, name), at(5)),
    'image.history': async ({ name }) => {
      const { Id, RepoTags } = findImage(world, name)
      return steps
        .map(([CreatedBy, Size], index) => ({
          Id: index === steps.length - 1 ? Id : '<missing>',
          Created: at(index),
          CreatedBy,
          Size,
          Comment: index > 0 ? 'buildkit.dockerfile.v0' : '',
          Tags: index === steps.length - 1 ? RepoTags : null,
        }))
        .toReversed()
    },
    'image.layers': async ({ name }) => {
      const { RepoTags } = findImage(world, name)
      return steps.slice(0, 3).map(([createdBy, size, compressedSize], index) => ({
        diffId: `sha256:${hex(`diff ${index}`)}`,
        digest: `sha256:${hex(`layer ${index}`)}`,
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        compressedSize,
        size,
        createdBy,
        tags: index === 2 ? (RepoTags ?? []) : [],
        sharedWith: index === 0 ? ['docker.io/library/debian:13', 'docker.io/library/mariadb:11.8'] : [],
      }))
    },
    'manifest.inspect': async ({ name }) => {
      findImage(world, name)
      const entry = (architecture: string, variant?: string) => ({
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        size: 1203,
        digest: `sha256:${hex(`entry ${architecture}`)}`,
        platform: { os: 'linux', architecture, ...(variant === undefined ? {} : { variant }) },
      })
      const manifests = [entry('amd64'), entry('arm64', 'v8'), entry('s390x')]
      return { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests }
    },
    'image.tree': async ({ name, whatrequires }) => ({ Tree: tree(findImage(world, name), Boolean(whatrequires)) }),
  }
}

function tree({ Id, RepoTags }: Image, above: boolean): string {
  const tags = `[${RepoTags?.join(' ') ?? ''}]`
  const head = [`Image ID: ${Id.slice(0, 12)}`, `Tags:     ${tags}`, 'Size:     192.5MB', 'Image Layers']
  const below = [
    '├── ID: 7e49dc6156b0 Size: 78.1MB',
    '├── ID: 1a2f6bb5f6b1 Size: 112.4MB',
    `└── ID: f5d3b2c4a1e0 Size: 2.048kB Top Layer of: ${tags}`,
  ]
  const on = ['└── ID: 9c0ffee0d00d Size: 1.2MB Top Layer of: [localhost/shop-api:2.4]']
  return `${[...head, ...(above ? on : below)].join('\n')}\n`
}

function inspect(image: Image, created: number): Output<'image.inspect'> {
  const { Id, Digest = '', RepoTags, RepoDigests, Size } = image
  const labels = { maintainer: 'NGINX Docker Maintainers', 'org.opencontainers.image.version': '1.29.3' }
  return {
    Id,
    Digest,
    RepoTags: RepoTags ?? [],
    RepoDigests: RepoDigests ?? [],
    Parent: '',
    Comment: 'buildkit.dockerfile.v0',
    Created: new Date(created * 1000).toISOString(),
    Config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'NGINX_VERSION=1.29.3'],
      Entrypoint: ['/docker-entrypoint.sh'],
      Cmd: ['nginx', '-g', 'daemon off;'],
      ExposedPorts: { '80/tcp': {} },
      Volumes: { '/var/cache/nginx': {} },
      WorkingDir: '/',
      StopSignal: 'SIGQUIT',
      Labels: labels,
    },
    Version: '',
    Author: '',
    Architecture: 'amd64',
    Os: 'linux',
    Size,
    VirtualSize: Size,
    GraphDriver: { Name: 'overlay', Data: {} },
    RootFS: { Type: 'layers', Layers: [1, 2, 3].map((each) => `sha256:${hex(`layer ${each}`)}`) },
    Labels: labels,
    Annotations: { 'org.opencontainers.image.base.name': 'docker.io/library/debian:trixie-slim' },
    ManifestType: 'application/vnd.oci.image.manifest.v1+json',
    User: '',
    History: [],
    NamesHistory: [],
    Healthcheck: { Test: ['CMD-SHELL', 'curl -f http://localhost/ || exit 1'], Interval: 30e9, Timeout: 3e9, Retries: 3 },
  }
}
