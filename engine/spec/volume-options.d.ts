/** What the options of a volume say. */
export interface VolumeOptions {
  /** As they are recorded and shown: libpod writes what it took out of `o` in capitals. */
  shown: Record<string, string>
  /** Its owner. */
  uid?: number
  gid?: number
  /** What mount(8) is to mount at the first use; nothing for a plain folder. */
  mount?: {
    type: string
    device: string
    options: string[]
  }
  /** It is not filled from an image. */
  noCopy?: boolean
  /** Of driver `image`: the image's name. */
  image?: string
}
/** Drivers that there are. */
export declare const volumeDrivers: string[]
/**
 * Reads the options of a volume's driver.
 *
 * @throws EngineError `InvalidArgument`, with podman's message; `NotSupported` for plugins and quotas.
 */
export declare function parseVolumeOptions(driver: string, given: Readonly<Record<string, string>>): VolumeOptions
