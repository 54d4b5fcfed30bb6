import { BusError, type BusObject } from './object.ts'

/** `/machines`: other hosts that Cockpit's shell could show; this agent reaches none yet. */
export const machines: BusObject = {
  path: '/machines',
  interface: 'cockpit.Machines',
  methods: {
    Update: {
      in: ['s', 's', 'a{sv}'],
      out: [],
      call: () => {
        throw new BusError('org.freedesktop.DBus.Error.NotSupported', 'not-supported: other hosts cannot be added here.')
      },
    },
  },
  properties: { Machines: { type: 'a{sa{sv}}', get: () => ({}) } },
}
