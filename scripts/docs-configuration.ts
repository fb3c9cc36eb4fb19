/** Makes the table of `docs/configuration.md` from the schema of the settings. `--check`: only says whether it is fresh. */
import { aboutSetting, docOf, optionOf, SETTING_NAMES, variableOf } from "../src/config/setting-names.ts";
import type { SettingName } from "../src/config/settings.ts";
import { renew } from "./marked-part.ts";

function row(name: SettingName): string {
  const { default: fallback, accepts, secret } = aboutSetting(name);
  const option = secret ? "" : `\`--${optionOf(name)}\``;
  const cells = [
    `\`${variableOf(name)}\``,
    option,
    fallback === null ? "unset" : `\`${fallback}\``,
    accepts,
    docOf(name),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

renew(
  {
    page: "docs/configuration.md",
    name: "settings",
    script: "scripts/docs-configuration.ts",
    text: [
      "| variable | option of `start` | default | takes | what it is |",
      "| --- | --- | --- | --- | --- |",
      ...SETTING_NAMES.map(row),
    ].join("\n"),
  },
  process.argv.includes("--check"),
);
