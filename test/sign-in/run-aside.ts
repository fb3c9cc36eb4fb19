import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";

/** Another program, while this one goes on: it may ask a server of this process. */
export async function runAside(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(program, args, { env, cwd: env.HOME ?? tmpdir(), stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, "close");
  return { code, out, err };
}
