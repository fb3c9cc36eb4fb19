/** Asks for the next step of the sweep. */
import { keepAsking } from "../asking.ts";

keepAsking({ beatMs: 60_000 });
