import { BusError, type BusObject } from './object.ts'

/** `/config`: nothing is configured, so strings are missing and numbers are their defaults. */
export const config: BusObject = {
  path: '/config',
  interface: 'cockpit.Config',
  methods: {
    GetString: {
      in: ['s', 's'],
      out: ['s'],
      call: ([section, key]) => {
        throw new BusError('cockpit.Config.KeyError', `key ${String(key)} in section ${String(section)} does not exist`)
      },
    },
    GetUInt: { in: ['s', 's', 'u', 'u', 'u'], out: ['u'], call: ([, , fallback]) => [fallback ?? 0] },
    Reload: { in: [], out: [], call: () => [] },
  },
  properties: {},
}
