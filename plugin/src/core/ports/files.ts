/** The few acts on small private files that the plugin's state needs. Paths are absolute. */
export interface Files {
  /** The file's text, or null where there is none. */
  read(path: string): Promise<string | null>;
  /** Writes the whole file or nothing: temporary file, fsync, rename, fsync of the folder; mode 0600. */
  write(path: string, text: string): Promise<void>;
  /** Makes the folder and its parents, mode 0700; rids it of what writes that died have left there. */
  makeFolder(path: string): Promise<void>;
  /** Names in the folder; none where there is no folder. */
  list(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  /** Removes the file; none there is fine. */
  remove(path: string): Promise<void>;
}
