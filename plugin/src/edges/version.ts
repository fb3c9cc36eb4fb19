import manifest from "../../.claude-plugin/plugin.json" with { type: "json" };

export const PLUGIN_VERSION: string = manifest.version;
