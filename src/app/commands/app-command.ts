/** Something that the command palette and shortcuts do. */
export interface AppCommand {
  readonly key: string
  readonly title: string
  /** Keys that are pressed one after another, as `KeyboardEvent.key` names them. */
  readonly shortcut?: readonly string[]
  readonly run: () => void
}
