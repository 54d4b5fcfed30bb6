import type { BusObject } from './object.ts'

/** `/packages`: pages come from the server, not from the agent, so none are listed here. */
export const packages: BusObject = {
  path: '/packages',
  interface: 'cockpit.Packages',
  methods: {
    Reload: { in: [], out: [], call: () => [] },
    ReloadHint: { in: [], out: [], call: () => [] },
  },
  properties: { Manifests: { type: 's', get: () => '{}' } },
}
