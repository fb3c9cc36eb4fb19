import { keepAsking } from "../../../src/schedule/asking.ts";

keepAsking({ beatMs: 600_000 });
