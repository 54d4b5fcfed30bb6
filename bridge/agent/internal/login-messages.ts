import type { BusObject } from './object.ts'

/** `/LoginMessages`: messages of PAM at login; none are kept. */
export const loginMessages: BusObject = {
  path: '/LoginMessages',
  interface: 'cockpit.LoginMessages',
  methods: {
    Get: { in: [], out: ['s'], call: () => ['{}'] },
    Dismiss: { in: [], out: [], call: () => [] },
  },
  properties: {},
}
