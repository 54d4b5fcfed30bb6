import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import UploadIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-upload-icon'
import { type DragEvent, useRef, useState } from 'react'

interface DropZoneProps {
  /** The text beside the button. */
  text: string
  /** The label of the button. */
  choose: string
  /** Endings that are offered, as `.tar,.tar.gz`. */
  accept?: string
  multiple?: boolean
  /** A folder is chosen, with all files in it; none can be dropped. */
  folder?: boolean
  onFiles: (files: readonly File[]) => void
}

/** A drop zone for files with a button to select them. */
export function DropZone({ text, choose, accept, multiple, folder, onFiles }: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (folder) return
    const files = [...event.dataTransfer.files]
    if (files.length > 0) onFiles(multiple ? files : files.slice(0, 1))
  }
  return (
    <div
      className={over ? 'berth-drop berth-drop-over' : 'berth-drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <UploadIcon className="berth-drop-icon" />
      <span>{text}</span>
      <Button variant="secondary" onClick={() => input.current?.click()}>
        {choose}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={choose}
        accept={accept}
        multiple={multiple}
        {...(folder ? { webkitdirectory: '' } : {})}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </div>
  )
}
