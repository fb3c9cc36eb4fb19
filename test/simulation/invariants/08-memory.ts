/** Promise 8: what waits costs the server's process nothing: no timer, and no record that it reads. */
import { Broken, type MakeInvariant } from "./invariant.ts";

/** The alarm, the ticker, the host's pause, and what a start or an end needs. */
const TIMERS = 7;
/** For Hello, and pings of those who want its place. */
const TIMERS_A_STREAM = 4;
/** A lane's heads: enough to look behind those that a tick has touched. */
const HEADS = 32;
const AT_ONCE = 500;
const CRONS = 50;
/** Of a list that somebody asks for, with one more, which tells that there are. */
const CRONS_OF_A_PAGE = 201;

export const memory: MakeInvariant = ({ server, network, disk }) => ({
  promise: 8,
  title: "memory does not grow with the backlog",
  sees(happening) {
    if (happening.kind === "read") {
      const { what, limit, got } = happening;
      if (/^(heads|turns) /.test(what) && limit > HEADS)
        throw new Broken(8, `${limit} heads of a lane are read`);
      if (what === "due" && limit > AT_ONCE) throw new Broken(8, `${limit} timers are read`);
      if (what.includes("crons") && limit > (what === "crons" ? CRONS_OF_A_PAGE : CRONS))
        throw new Broken(8, `${limit} crons are read`);
      if (what === "events") throw new Broken(8, "the server reads all events");
      if (what === "claims" && got > disk.rows.sessions.size) throw new Broken(8, `${got} claims are read`);
    }
  },
  stepped() {
    const most = TIMERS + TIMERS_A_STREAM * (network.wires.length + network.sockets.length);
    if (server.timers > most) throw new Broken(8, `the server has set ${server.timers} timers`);
  },
});
