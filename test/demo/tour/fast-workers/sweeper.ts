/** Asks for the next step of the sweep: what the tour makes is too young for it. */
import { keepAsking } from "../../../../src/schedule/asking.ts";

keepAsking({ beatMs: 60_000 });
