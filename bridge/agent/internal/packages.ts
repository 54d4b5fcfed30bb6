import { listPackages } from '../packages.ts'
import type { BusObject } from './object.ts'

/** `/packages`: the Cockpit packages that this agent serves. */
export const packages: BusObject = {
  path: '/packages',
  interface: 'cockpit.Packages',
  methods: {
    Reload: { in: [], out: [], call: () => [] },
    ReloadHint: { in: [], out: [], call: () => [] },
  },
  properties: {
    Manifests: {
      type: 's',
      get: (agent) =>
        JSON.stringify(Object.fromEntries(listPackages(agent.packages).map(({ name, manifest }) => [name, manifest]))),
    },
  },
}
