import type { ContainerSummary, Info, PodSummary } from '../../engine/contract/index.ts'
import type { Image } from '../engine/live/live-data.ts'
import { fakeContainer, fakeImage, fakeInfo, fakePod, hex, now } from './fake-data.ts'

const postgres = 'docker.io/library/postgres:17-alpine'
const port = (host: number, inside: number, ip = '') => ({
  host_ip: ip,
  container_port: inside,
  host_port: host,
  range: 1,
  protocol: 'tcp',
})
const compose = (project: string, service: string) => ({
  'com.docker.compose.project': project,
  'com.docker.compose.service': service,
})

function blog(): ContainerSummary[] {
  const inPod = (name: string, changes: Partial<ContainerSummary>) =>
    fakeContainer(name, { Pod: hex('pod blog'), PodName: 'blog', ...changes })
  return [
    inPod('blog-infra', { IsInfra: true, Image: 'localhost/berth-pause:1', Command: null, Ports: [port(8081, 80)] }),
    inPod('blog-web', { Ports: [port(8081, 80)] }),
    inPod('blog-db', { Image: 'docker.io/library/mariadb:11.8', Command: ['mariadbd'], StartedAt: now() - 7150 }),
  ]
}

function alone(): ContainerSummary[] {
  return [
    fakeContainer('proxy', { Ports: [port(80, 80), port(443, 443)], StartedAt: now() - 9 * 86_400 }),
    fakeContainer('registry', {
      Image: 'docker.io/library/registry:2.8.3',
      Command: ['serve', '/etc/registry.yml'],
      Ports: [port(5000, 5000, '127.0.0.1')],
      StartedAt: now() - 3 * 86_400,
    }),
    fakeContainer('nightly-report', {
      Image: 'localhost/report:latest',
      Command: ['/report', '--mail'],
      State: 'exited',
      Exited: true,
      ExitCode: 2,
      ExitedAt: now() - 3600 * 5,
      StartedAt: now() - 3600 * 5 - 40,
    }),
    fakeContainer('trainer', { Image: 'localhost/trainer:cuda', Command: ['python3', 'train.py'], State: 'paused' }),
    fakeContainer('scratchpad', {
      Image: 'docker.io/library/debian:13',
      Command: ['bash'],
      State: 'created',
      StartedAt: -62_135_596_800,
    }),
  ]
}

function shop(): ContainerSummary[] {
  return [
    fakeContainer('shop-api-1', {
      Image: 'localhost/shop-api:2.4',
      Command: ['node', 'server.js'],
      Labels: compose('shop', 'api'),
      Ports: [port(3000, 3000)],
    }),
    fakeContainer('shop-db-1', {
      Image: postgres,
      Command: ['postgres'],
      Labels: compose('shop', 'db'),
      StartedAt: now() - 7000,
    }),
  ]
}

function imagesOf(containers: readonly ContainerSummary[]): Image[] {
  const image = (tag: string, megabytes: number, days: number, changes: Partial<Image> = {}) =>
    fakeImage(tag, {
      Size: megabytes * 1_000_000,
      ...changes,
      Created: now() - days * 86_400,
      Containers: containers.filter((each) => each.Image === tag).length,
    })
  return [
    image('docker.io/library/nginx:1.29', 192, 12, { SharedSize: 78_100_000 }),
    image(postgres, 279, 20),
    image('docker.io/library/mariadb:11.8', 330, 31, { SharedSize: 78_100_000 }),
    image('docker.io/library/registry:2.8.3', 25.4, 400),
    image('docker.io/library/debian:13', 121, 8, { SharedSize: 78_100_000 }),
    image('localhost/shop-api:2.4', 187, 2),
    image('localhost/report:latest', 64.2, 1),
    image('localhost/trainer:cuda', 6120, 45),
    image('localhost/everywhere:2', 0.0012, 2, { IsManifestList: true }),
    image('docker.io/library/alpine:3.22', 8.3, 60, { ReadOnly: true }),
    fakeImage('<none>:<none>', { RepoTags: null, Names: [], Size: 187_000_000, Created: now() - 3 * 86_400, Dangling: true }),
  ]
}

/** A busy little host: single containers, a pod, a compose project, every state. */
export function fakeHost(): { containers: ContainerSummary[]; pods: PodSummary[]; images: Image[]; info: Info } {
  const pod = blog()
  const containers = [...alone(), ...shop(), ...pod]
  return { containers, pods: [fakePod('blog', pod)], images: imagesOf(containers), info: fakeInfo() }
}
