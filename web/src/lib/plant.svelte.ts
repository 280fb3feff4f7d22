/** The plant as every page sees it: who reads, the head of the live plan, and what must be said to the reader. */

import { get, post, read, send, useToken } from "./api";
import { useZone } from "./dates";
import { hush, listen, on } from "./events";
import { t } from "./i18n.svelte";
import { type JournalRow, Problem } from "./problem";

export interface Me {
  readonly name: string;
  readonly role: string;
  readonly may: readonly string[];
  readonly csrf: string;
  readonly zone: string;
  readonly plant: string;
}

export interface PlanHead {
  readonly length: number;
  readonly hash: string;
  readonly now: number;
  readonly zone: string;
  readonly from: number;
  readonly to: number;
  readonly frozen_until: number;
  readonly certified: boolean;
  readonly n_orders: number;
  readonly n_operations: number;
  readonly n_late: number;
  readonly kpis: Readonly<Record<string, unknown>>;
}

export interface Notice {
  readonly id: number;
  readonly kind: "good" | "bad" | "news";
  readonly text: string;
}

class Plant {
  me = $state.raw<Me | null>(null);
  plan = $state.raw<PlanHead | null>(null);
  /** The ETag of the live plan: what a write is decided on. */
  etag = $state("");
  connected = $state(true);
  /** What was withdrawn on this page since its last write, the latest last. */
  undone = $state.raw<readonly JournalRow[]>([]);
  notices = $state.raw<readonly Notice[]>([]);
  #next = 1;

  may(what: string): boolean {
    return this.me?.may.includes(what) ?? false;
  }

  say(kind: Notice["kind"], text: string): void {
    const notice = { id: this.#next++, kind, text };
    this.notices = [...this.notices.slice(-3), notice];
    setTimeout(() => this.dismiss(notice.id), kind === "bad" ? 12_000 : 5_000);
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((n) => n.id !== id);
  }

  /** Say what went wrong, in the server's words. */
  fault(wrong: unknown): void {
    if (wrong instanceof Problem) {
      if (wrong.status === 401) this.me = null;
      const first = wrong.findings[0];
      this.say("bad", first ? `${first.what}. ${first.advice}` : wrong.message);
    } else if (!(wrong instanceof DOMException && wrong.name === "AbortError")) {
      this.say("bad", wrong instanceof Error ? wrong.message : String(wrong));
    }
  }

  /** Take up a session; the reader is nobody where the server says so. */
  async begin(): Promise<void> {
    try {
      this.enter(await get<Me>("/api/me"));
    } catch (wrong) {
      if (!(wrong instanceof Problem && wrong.status === 401)) this.fault(wrong);
      this.me = null;
    }
  }

  enter(me: Me): void {
    this.me = me;
    useToken(me.csrf);
    useZone(me.zone);
    listen((connected) => {
      if (connected && !this.connected) void this.refresh();
      this.connected = connected;
    });
    void this.refresh();
  }

  async leave(): Promise<void> {
    await send("POST", "/api/sign-out").catch(() => undefined);
    hush();
    this.me = null;
    this.plan = null;
  }

  async refresh(): Promise<void> {
    try {
      const { body, etag } = await read<PlanHead>("/api/plan");
      this.plan = body;
      this.etag = etag;
    } catch (wrong) {
      this.fault(wrong);
    }
  }

  /** Take up the plan that a write has led to. */
  async wrote(): Promise<void> {
    this.undone = [];
    await this.refresh();
  }

  /** Withdraw the last change of the plant, and remember it so that it can be made again. */
  async undo(): Promise<void> {
    try {
      const last = await lastChange();
      if (!last) return;
      await post("/api/changes/undo", { why: "" }, this.etag);
      this.undone = [...this.undone, last];
      this.say("good", t("do.undone", { text: last.text }));
    } catch (wrong) {
      this.fault(wrong);
    }
    await this.refresh();
  }

  /** Make the change again that was withdrawn last on this page. */
  async redo(): Promise<void> {
    const last = this.undone.at(-1);
    if (!last) return;
    try {
      const changes = last.change ? [last.change] : [];
      await post("/api/changes", { changes, mode: last.mode, why: last.why }, this.etag);
      this.undone = this.undone.slice(0, -1);
      this.say("good", t("do.redone", { text: last.text }));
    } catch (wrong) {
      this.fault(wrong);
    }
    await this.refresh();
  }
}

/** The newest row of the journal that counts; rows that withdraw are not among those. */
async function lastChange(): Promise<JournalRow | undefined> {
  const page = await get<{ entries: JournalRow[] }>("/api/journal?limit=200");
  return page.entries.find((row) => !row.withdrawn && (row.change !== null || row.mode === "replan"));
}

export const plant = new Plant();

on("plan", (told) => {
  if (plant.me && told.who !== plant.me.name) plant.say("news", `${told.who}: ${told.text || "—"}`);
  void plant.refresh();
});
