import { ProblemError } from 'cockpit-ts-bridge/client'
import { createRoot } from 'react-dom/client'

import { loadLanguage } from '../app/language.ts'
import { Root } from '../app/root.tsx'
import '../app/styles.ts'
import { followTheme } from '../app/theme.ts'
import type { HostUsage } from '../engine/connection/backend.ts'
import { createStore } from '../engine/store.ts'
import { createFakeBackend } from './fake-backend.ts'
import { fakeContainer, fakeImage, fakeInfo, longContainer } from './fake-data.ts'
import { fakeHost } from './fake-host.ts'
import { createFakeEngine } from './fake-engine.ts'
import { fakeReport } from './fake-stats.ts'

// The page with a fake engine. Parameters: `?empty`, `?login`, `?rootless`, `?broken`, `?damaged`, `?embedded`, `?states`, `?many=500`, `?images=1000`, `?long`.

const parameters = new URLSearchParams(window.location.search)
const has = (name: string) => parameters.has(name)
const host = fakeHost()
const rootless = fakeInfo({
  host: { ...host.info.host, security: { rootless: true, selinuxEnabled: false, seccompEnabled: true } },
  berth: {
    version: '0.1.0',
    features: ['pull-progress', 'usage-history', 'rename'],
    notes: [
      'Memory and CPU cannot be limited for your containers: no control group was delegated to alice.',
      'Your containers end with your last session, as lingering is off.',
    ],
  },
})
const initial = has('empty')
  ? { info: fakeInfo({ store: { ...host.info.store, graphRootUsed: 41_000_000_000 } }) }
  : has('rootless')
    ? { ...host, info: rootless }
    : has('damaged')
      ? { ...host, info: fakeInfo({ berth: { ...host.info.berth!, damaged: ['container web (0123456789ab)', 'volume data'] } }) }
      : host
const broken = async () => {
  throw new Error(
    'The engine of alice does not answer. Log out and in again; if that does not help, ask for the log of the console.',
  )
}
if (has('states')) {
  const over = { State: 'exited', Exited: true, ExitedAt: Date.now() / 1000 - 190 } as const
  host.containers.push(
    fakeContainer('crash-loop', { ...over, ExitCode: 1, Restarts: 6, RestartAt: Date.now() / 1000 + 3600 }),
    fakeContainer('importer', { ...over, ExitCode: 137, OOMKilled: true }),
    fakeContainer('simulation', { ...over, Checkpointed: true }),
    fakeContainer('queue', { ...over, ExitCode: 137, StoppedByUser: true }),
    fakeContainer('api-with-a-rather-long-name-for-a-container-of-a-customer', { Status: 'unhealthy', Restarts: 3 }),
  )
  host.info.store = { ...host.info.store, graphRootAvailable: 1_200_000_000 }
}
const many = Number(parameters.get('many') ?? 0)
for (let count = 0; count < many; count += 1) host.containers.push(fakeContainer(`worker-${count}`))
if (has('long')) host.containers.push(longContainer())
const images = Number(parameters.get('images') ?? 0)
for (let count = 0; count < images; count += 1)
  host.images.push(fakeImage(`registry.example.org/team-${count % 20}/app-${count}:1.${count}`))
const fake = createFakeEngine(initial, has('broken') ? { 'container.list': broken, 'image.list': broken } : {})
setInterval(() => fake.tick(fakeReport(fake, Date.now())), 1000)
Object.assign(window, { fake })

const usageAt = (time: number): HostUsage => ({
  cores: 1.4 + Math.sin(time / 4000) * 0.8 + Math.sin(time / 700) * 0.3,
  memoryUsed: 12_400_000_000 + Math.sin(time / 9000) * 9e8,
})
const hostUsage = createStore<readonly HostUsage[]>(
  Array.from({ length: 60 }, (_, index) => usageAt(Date.now() - (60 - index) * 1000)),
)
setInterval(() => hostUsage.set([...hostUsage.get().slice(1), usageAt(Date.now())]), 1000)

let login = has('login')
const connect = async () => {
  if (login) {
    login = false
    throw new ProblemError('no-session', 'Nobody is logged in.')
  }
  return createFakeBackend(fake, { embedded: has('embedded'), hostUsage })
}

followTheme()
await loadLanguage()
createRoot(document.getElementById('app')!).render(<Root connect={connect} />)
