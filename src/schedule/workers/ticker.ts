/** Asks for crons that are due. */
import { keepAsking } from "../asking.ts";

keepAsking({ beatMs: 5_000 });
