/**
 * Bytes from `512m`, `1.5g`, `64 MiB` or `100`.
 *
 * @param base what the units are powers of; 1000 where podman counts so, as for the size of a log.
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export declare function parseSize(text: string, base?: 1000 | 1024): number
/** A value by the largest power of `base` that it reaches, and which of `steps` that is. */
export declare function scale(value: number, base: 1000 | 1024, steps: number): [number, number]
/** A size in decimal units with so many significant digits: `2.049MB`, or with `space` `2.05 MB`. */
export declare function formatSize(bytes: number, digits?: number, space?: string): string
/** A size in binary units: `1.953GiB`. */
export declare function formatBinarySize(bytes: number): string
