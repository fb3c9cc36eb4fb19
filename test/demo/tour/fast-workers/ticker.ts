/** Asks often: the server that it asks has a clock that runs faster than its own. */
import { keepAsking } from "../../../../src/schedule/asking.ts";

keepAsking({ beatMs: 100 });
