import { keepAsking } from "../../../src/schedule/asking.ts";

keepAsking({ beatMs: 20 });
