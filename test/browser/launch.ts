import { type Browser, chromium } from 'playwright-core'

/** Starts the distribution's Chromium without a way to anywhere but this machine. The caller closes it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      // A page's exception for a certificate does not hold for a download that needs a connection of its own: it would be canceled.
      '--ignore-certificate-errors',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
