/**
 * The steps from an empty database to today's, in order; `PRAGMA user_version` counts those that were made.
 * A step that was released is never changed: another one is added at the end. After them all records are brought to today's version
 * (records/stored.ts): a new version of a record that needs no other columns gets a step here that is only a comment.
 */
export const migrations: readonly string[] = [
  // 1: containers, pods, exec sessions and what they hold
  `
  CREATE TABLE names (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('container', 'pod')),
    id TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE pods (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL,
    config TEXT NOT NULL
  ) STRICT;
  CREATE TABLE containers (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL,
    pod TEXT REFERENCES pods (id),
    image TEXT,
    status TEXT NOT NULL,
    config TEXT NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX containers_by_pod ON containers (pod) WHERE pod IS NOT NULL;
  CREATE INDEX containers_by_image ON containers (image) WHERE image IS NOT NULL;
  CREATE INDEX containers_by_status ON containers (status);
  CREATE TABLE dependencies (
    container TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
    needs TEXT NOT NULL REFERENCES containers (id),
    PRIMARY KEY (container, needs)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX dependencies_by_needs ON dependencies (needs);
  CREATE TABLE exec_sessions (
    id TEXT PRIMARY KEY,
    container TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    config TEXT NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX exec_sessions_by_container ON exec_sessions (container);
  CREATE TABLE volumes (
    name TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    config TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE container_volumes (
    container TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
    volume TEXT NOT NULL REFERENCES volumes (name),
    PRIMARY KEY (container, volume)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX container_volumes_by_volume ON container_volumes (volume);
  CREATE TABLE addresses (
    network TEXT NOT NULL,
    address TEXT NOT NULL,
    container TEXT NOT NULL,
    PRIMARY KEY (network, address)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX addresses_by_container ON addresses (container);
  CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // 2: images and their names
  `
  CREATE TABLE images (
    id TEXT PRIMARY KEY,
    added TEXT NOT NULL,
    created INTEGER NOT NULL,
    size INTEGER NOT NULL,
    facts TEXT NOT NULL
  ) STRICT;
  CREATE TABLE image_names (
    name TEXT PRIMARY KEY,
    image TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    digest TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX image_names_by_image ON image_names (image);
  CREATE TABLE image_name_history (
    image TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (image, name)
  ) STRICT, WITHOUT ROWID;
  `,
  // 3: artifacts
  `
  CREATE TABLE artifacts (
    name TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    added TEXT NOT NULL,
    blobs TEXT NOT NULL
  ) STRICT;
  `,
  // 4: the order in which an image got its names, and lost them
  `
  ALTER TABLE image_names ADD COLUMN given INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE image_name_history ADD COLUMN taken INTEGER NOT NULL DEFAULT 0;
  `,
  // 5: versions of records; 0 is that of rows from before
  ['containers', 'pods', 'exec_sessions', 'volumes', 'images', 'artifacts']
    .map((table) => `ALTER TABLE ${table} ADD COLUMN version INTEGER NOT NULL DEFAULT 0;`)
    .join('\n'),
  // 6: the file system of a container may have an id of its own
  '-- records of containers alone',
  // 7: the files of a volume may be elsewhere, and mounted at its first use
  '-- records of volumes alone',
  // 8: an image with a thousand names gets another one at once
  `
  CREATE INDEX image_names_by_given ON image_names (image, given);
  DROP INDEX image_names_by_image;
  `,
]
