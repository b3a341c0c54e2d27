"use strict";
(() => {
  // All that comes from Redis or its clients is put in as text, never as markup.
  const SVG = "http://www.w3.org/2000/svg";
  const TOKEN = "heatsink-token";
  const MAX_POINTS = 300;
  const $ = (id) => document.getElementById(id);
  const points = [];
  let asksToken = false;

  function el(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function put(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  /* ---- numbers as people read them ---- */
  const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
  function short(n) {
    if (n >= 1e6) return (n / 1e6).toFixed(n >= 1e7 ? 1 : 2) + " M";
    if (n >= 1e4) return (n / 1e3).toFixed(n >= 1e5 ? 0 : 1) + " k";
    return whole.format(n);
  }
  const percent = (part) => (part * 100).toFixed(part > 0 && part < 0.0995 ? 1 : 0) + " %";
  function micros(us) {
    if (us >= 1e6) return (us / 1e6).toFixed(2) + " s";
    if (us >= 1e3) return (us / 1e3).toFixed(us >= 1e5 ? 0 : 1) + " ms";
    return whole.format(us) + " µs";
  }
  function span(millis) {
    const s = Math.max(0, Math.floor(millis / 1000));
    if (s < 60) return s + " s";
    if (s < 3600) return Math.floor(s / 60) + " min";
    if (s < 86400) return Math.floor(s / 3600) + " h " + Math.floor((s % 3600) / 60) + " min";
    return Math.floor(s / 86400) + " d " + Math.floor((s % 86400) / 3600) + " h";
  }
  function bytes(n) {
    if (n >= 1073741824) return (n / 1073741824).toFixed(1) + " GB";
    if (n >= 1048576) return (n / 1048576).toFixed(1) + " MB";
    return (n / 1024).toFixed(0) + " kB";
  }
  const clock = (millis) => new Date(millis).toLocaleTimeString("en-GB");
  const shown = (it) => it.key + (it.cut ? "… (" + whole.format(it.length) + " bytes)" : "");

  /* ---- asking ---- */
  async function ask(path, body) {
    const headers = {};
    const token = sessionStorage.getItem(TOKEN);
    if (token) headers.Authorization = "Bearer " + token;
    const options = { headers, cache: "no-store", signal: AbortSignal.timeout(5000) };
    if (body) {
      options.method = "POST";
      options.body = JSON.stringify(body);
      headers["X-Heatsink"] = "1";
      headers["Content-Type"] = "application/json";
    }
    const response = await fetch("api/v1/" + path, options);
    if (response.status === 401) {
      login(Boolean(token));
      throw new Error("the admin token is needed");
    }
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error || "status " + response.status);
    return answer;
  }

  function login(wasWrong) {
    asksToken = true;
    put($("login-error"), wasWrong ? "That token was not accepted." : "");
    if (!$("login").open) $("login").showModal();
  }
  function useToken() {
    sessionStorage.setItem(TOKEN, $("token").value.trim());
    $("token").value = "";
    asksToken = false;
    $("login").close();
    turn();
  }
  $("login-yes").addEventListener("click", useToken);
  $("token").addEventListener("keydown", (e) => { if (e.key === "Enter") useToken(); });
  $("login").addEventListener("cancel", (e) => e.preventDefault());

  /* ---- lists that keep their rows, so that neither focus nor selection is lost ---- */
  function sync(parent, items, idOf, make, update) {
    const rows = parent.rowsById || (parent.rowsById = new Map());
    const seen = new Set();
    const stays = parent.contains(document.activeElement) || parent.matches(":hover");
    let before = null;
    for (const item of items) {
      const id = String(idOf(item));
      if (seen.has(id)) continue;
      seen.add(id);
      let row = rows.get(id);
      const isNew = !row;
      if (isNew) { row = make(item); rows.set(id, row); }
      update(row, item);
      const next = before ? before.nextSibling : parent.firstChild;
      if ((isNew || !stays) && next !== row) parent.insertBefore(row, next);
      before = row;
    }
    for (const [id, row] of rows) if (!seen.has(id)) { row.remove(); rows.delete(id); }
  }

  /* ---- charts ---- */
  function chart(id, name, series, options) {
    const figure = $(id);
    const caption = el("figcaption");
    const value = el("span", "value");
    const more = el("span", "more");
    caption.append(el("span", "name", name), value, more);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 " + MAX_POINTS + " 100");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("role", "img");
    for (const y of [0, 50, 100]) svg.append(line(0, y, MAX_POINTS, y, ""));
    const paths = series.map((s) => {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", s.style);
      svg.append(path);
      return path;
    });
    const cursor = line(0, 0, 0, 100, "cursor");
    cursor.setAttribute("visibility", "hidden");
    svg.append(cursor);
    const axis = el("div", "axis");
    const left = el("span", "", "5 min ago");
    const top = el("span");
    axis.append(left, top);
    figure.append(caption, svg, axis);
    let at = -1;

    function draw() {
      const first = MAX_POINTS - points.length;
      let most = options.most || 0;
      if (!options.most) {
        for (const p of points) for (const s of series) most = Math.max(most, s.of(p));
      }
      const scale = options.log
        ? (v) => 100 - 100 * Math.log10(Math.max(v, 10) / 10) / Math.max(1, Math.log10(Math.max(most, 100) / 10))
        : (v) => 100 - (100 * v) / (most || 1);
      series.forEach((s, i) => {
        let d = "";
        points.forEach((p, k) => {
          d += (k ? "L" : "M") + (first + k) + " " + scale(s.of(p)).toFixed(2);
        });
        if (d && s.area) d += "L" + (MAX_POINTS - 1) + " 100L" + first + " 100Z";
        paths[i].setAttribute("d", d);
      });
      put(top, options.topText(most));
      const index = at < 0 ? points.length - 1 : at - first;
      const point = points[index];
      if (point) {
        put(value, options.value(point));
        const unit = el("small", "", options.unit || "");
        value.append(unit);
        put(more, (at < 0 ? "" : clock(point.atMillis) + "  ") + options.more(point));
        svg.setAttribute("aria-label", name + ": " + options.value(point) + " " + (options.unit || "") + ", " + options.more(point));
      } else {
        put(value, "–");
        put(more, "");
      }
    }
    svg.addEventListener("pointermove", (e) => {
      const box = svg.getBoundingClientRect();
      at = Math.max(0, Math.min(MAX_POINTS - 1, Math.round(((e.clientX - box.left) / box.width) * MAX_POINTS)));
      cursor.setAttribute("x1", at);
      cursor.setAttribute("x2", at);
      cursor.setAttribute("visibility", "visible");
      draw();
    });
    svg.addEventListener("pointerleave", () => {
      at = -1;
      cursor.setAttribute("visibility", "hidden");
      draw();
    });
    return draw;
  }
  function line(x1, y1, x2, y2, style) {
    const made = document.createElementNS(SVG, "line");
    made.setAttribute("x1", x1); made.setAttribute("y1", y1);
    made.setAttribute("x2", x2); made.setAttribute("y2", y2);
    if (style) made.setAttribute("class", style);
    return made;
  }
  const charts = [
    chart("chart-traffic", "Commands", [
      { of: (p) => p.commands, style: "area f-soft", area: true },
      { of: (p) => p.commands, style: "s-accent" },
      { of: (p) => p.backend, style: "s-blue" },
    ], { unit: "/s", value: (p) => short(p.commands), topText: (m) => "max " + short(m) + "/s",
      more: (p) => short(p.backend) + "/s to the backend" }),
    chart("chart-hits", "Hit ratio", [{ of: (p) => p.hitRatio, style: "s-accent" }],
      { most: 1, value: (p) => percent(p.hitRatio), topText: () => "100 %",
        more: (p) => short(p.hits) + " of " + short(p.reads) + " reads/s" }),
    chart("chart-saved", "Backend load saved", [
      { of: (p) => p.savedRatio, style: "area f-green", area: true },
      { of: (p) => p.savedRatio, style: "s-green" }],
      { most: 1, value: (p) => percent(p.savedRatio), topText: () => "100 %",
        more: (p) => short(Math.max(0, p.commands - p.backend)) + "/s never reach it" }),
    chart("chart-latency", "Latency", [
      { of: (p) => p.p999Micros, style: "s-dim" },
      { of: (p) => p.p99Micros, style: "s-accent" },
      { of: (p) => p.p50Micros, style: "s-blue" },
    ], { log: true, unit: "p99", value: (p) => micros(p.p99Micros), topText: (m) => "max " + micros(m) + ", log",
      more: (p) => "p50 " + micros(p.p50Micros) + "  p99.9 " + micros(p.p999Micros) }),
  ];

  /* ---- hot keys ---- */
  const rowId = (key) => key.database + ":" + key.length + ":" + key.base64;
  function button(text, label, act) {
    const made = el("button", "", text);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }
  function makeRow() {
    const row = el("tr");
    for (let i = 0; i < 11; i++) row.append(el("td"));
    const cells = row.children;
    cells[0].append(el("span", "key"));
    for (const i of [2, 3, 4, 6, 7, 9]) cells[i].className = "n";
    cells[2].append(el("span"), el("small"));
    cells[4].append(el("span"), el("small"));
    cells[5].className = "remedy";
    const flush = el("button", "", "Flush…");
    const policy = el("button", "", "Policy…");
    flush.type = policy.type = "button";
    flush.addEventListener("click", () => confirmFlush(row.item));
    policy.addEventListener("click", () => confirmRule(row.item));
    const both = el("div", "buttons");
    both.append(flush, policy);
    both.style.margin = "0";
    cells[10].append(both);
    return row;
  }
  function updateRow(row, key) {
    row.item = key;
    const cells = row.children;
    const name = cells[0].firstChild;
    const text = shown(key);
    put(name, text);
    if (name.title !== text) {
      name.title = text;
      cells[10].querySelectorAll("button").forEach((b) => b.setAttribute("aria-label", b.textContent.replace("…", "") + " " + text.slice(0, 80)));
    }
    if (key.database && !cells[0].querySelector("small")) cells[0].append(el("small", "", "database " + key.database));
    const heat = key.heat.join(",");
    if (cells[1].heat !== heat) {
      cells[1].heat = heat;
      cells[1].replaceChildren(...key.heat.map((h) => el("span", "tag " + h, h)));
    }
    put(cells[2].children[0], short(key.rate) + "/s");
    put(cells[2].children[1], key.error >= 1 ? " ± " + short(key.error) : "");
    put(cells[3], percent(key.share));
    const big = key.bytesPerSecond > 0;
    put(cells[4].children[0], big ? bytes(key.bytesPerSecond) + "/s" : "–");
    put(cells[4].children[1], big ? " " + percent(key.byteShare) : "");
    cells[4].title = big ? "of all bytes to and from clients" : "its values are small";
    put(cells[5], key.remedy);
    cells[5].title = key.why;
    put(cells[6], key.hitRatio === null ? "–" : percent(key.hitRatio));
    put(cells[7], key.keptMillis === null ? "–" : span(key.keptMillis));
    cells[7].title = key.keptMillis === null ? "no answer is kept" : "age of the answer kept";
    put(cells[8], key.level || "–");
    cells[8].title = key.rule || "the key is too long to tell";
    put(cells[9], span(Date.now() - key.sinceMillis));
  }

  /* ---- what else there is ---- */
  function facts(id, pairs) {
    const list = $(id);
    while (list.children.length > pairs.length * 2) list.lastChild.remove();
    pairs.forEach(([name, value], i) => {
      if (!list.children[i * 2]) list.append(el("dt"), el("dd"));
      put(list.children[i * 2], name);
      put(list.children[i * 2 + 1], value);
    });
  }
  function bars(id, uses) {
    sync($(id), uses, (u) => u.name, (u) => {
      const bar = el("div", "bar");
      const progress = el("progress");
      progress.setAttribute("aria-label", u.name);
      bar.append(el("span", "", u.name), el("span"), progress);
      return bar;
    }, (bar, u) => {
      const format = u.unit === "bytes" ? bytes : short;
      put(bar.children[1], format(u.used) + " of " + format(u.max));
      bar.children[2].max = u.max || 1;
      bar.children[2].value = u.used;
      bar.classList.toggle("full", u.used > 0.9 * u.max && u.name !== "Near cache");
    });
  }
  function nodes(topology) {
    const list = [];
    const answers = new Map(topology.nodes.map((n) => [n.name, n.answers]));
    for (const shard of topology.shards) {
      list.push({ name: shard.primary, role: topology.cluster ? "primary, " + whole.format(shard.slots) + " slots" : "primary", primary: true });
      for (const replica of shard.replicas) list.push({ name: replica, role: "replica", primary: false });
    }
    for (const n of topology.nodes) {
      if (n.role === "none") list.push({ name: n.name, role: "left out", primary: false });
    }
    sync($("nodes"), list, (n) => n.role[0] + n.name, (n) => {
      const item = el("li", n.primary ? "" : "replica");
      item.append(el("span", "dot"), el("code", "", n.name), el("span"));
      return item;
    }, (item, n) => {
      const health = answers.get(n.name) ?? (topology.reachable ? null : false);
      item.firstChild.className = "dot" + (health === null ? "" : health ? " good" : " bad");
      put(item.lastChild, n.role + (health === null ? ", being asked" : health ? "" : ", does not answer"));
    });
  }
  function counters(state) {
    const list = state.counters.map((c) => ({ ...c, split: state.splits.filter((s) => s.pattern === c.pattern) }));
    const others = state.splits.filter((s) => s.pattern === null);
    if (others.length) list.push({ pattern: "", split: others });
    $("counters-empty").hidden = list.length > 0;
    sync($("counters"), list, (c) => c.pattern, (c) => {
      const item = el("li");
      const line = el("div", "line");
      const about = el("p");
      about.append(el("code", "", c.pattern), el("span", "dim"));
      line.append(about);
      if (c.pattern) line.append(button("Fold all…", "Fold all of " + c.pattern, () => confirmFold(c, { pattern: c.pattern })));
      item.append(line, el("div"));
      return item;
    }, (item, c) => {
      const folds = item.querySelector(".line > button");
      if (folds) folds.hidden = c.split.length === 0;
      put(item.querySelector(".dim"), c.pattern
        ? "  " + c.shards + " shards named " + c.name + "; " + (c.split.length ? whole.format(c.split.length) : "none") + " split now"
        : "Split by other sidecars or earlier settings");
      sync(item.children[1], c.split, (k) => k.hash + k.shards, (k) => {
        const part = el("div");
        const line = el("div", "line");
        const about = el("p");
        about.append(el("span", "key", shown(k)), el("span", "dim"));
        line.append(about);
        // Of a longer key not all bytes are here, but which one it is.
        line.append(button("Fold…", "Fold " + shown(k).slice(0, 80), () => confirmFold(k, k.cut ? { hash: k.hash } : { base64: k.base64 })));
        const shards = el("div", "shards");
        k.shardKeys.forEach((s) => shards.append(el("span", "key", s)));
        part.append(line, shards);
        return part;
      }, (part, k) => put(part.querySelector(".dim"),
        "  " + (k.writesPerSecond === null ? "not hot" : short(k.writesPerSecond) + " increments/s") + ", over " + k.shards));
    });
  }
  function events(list) {
    $("events-empty").hidden = list.length > 0;
    $("events").hidden = list.length === 0;
    sync($("events"), list, (e) => e.number, (e) => {
      const item = el("li", e.severity);
      const time = el("time", "", clock(e.atMillis));
      time.dateTime = new Date(e.atMillis).toISOString();
      const text = el("p");
      if (e.key !== undefined) text.append(el("span", "key", shown(e)), " ");
      text.append(e.text);
      item.append(time, text);
      return item;
    }, () => {});
  }
  function slow(state) {
    const parts = ["waiting", "pipe", "backend", "ordering"];
    const none = state.slow.length === 0;
    $("slow-empty").hidden = !none;
    $("slow").hidden = $("slow-legend").hidden = none;
    put($("slow-count"), none ? "" : "over " + micros(state.slowThresholdMicros));
    put($("slow-empty"), state.slowThresholdMicros
      ? "No request has taken " + micros(state.slowThresholdMicros) + " or longer."
      : "Slow requests are not noted: slowlog.threshold is 0.");
    sync($("slow"), state.slow, (s) => s.number, (s) => {
      const item = el("li");
      const time = el("time", "", clock(s.atMillis));
      const text = el("p", "line");
      text.append(el("span", "", s.command.toUpperCase()), el("span", "key", shown(s)), el("b", "", micros(s.totalMicros)));
      const spent = el("div", "spent");
      const words = [];
      for (const part of parts) {
        const us = s[part + "Micros"];
        const piece = el("span", part);
        piece.style.width = (100 * us) / Math.max(1, s.totalMicros) + "%";
        spent.append(piece);
        words.push(part + " " + micros(us));
      }
      spent.title = words.join(", ") + (s.client ? ", for " + s.client : "");
      spent.setAttribute("role", "img");
      spent.setAttribute("aria-label", spent.title);
      item.append(time, text, spent);
      return item;
    }, () => {});
  }
  function observing(state) {
    const observes = state.mode === "observe";
    $("observe-card").hidden = !observes;
    if (!observes) return;
    const would = state.would;
    put($("would"), percent(would.savedRatio) + " of " + short(would.commands) + " commands: "
      + short(would.hits) + " reads from memory, " + short(would.coalesced) + " shared, "
      + short(would.combined) + " increments combined");
    put($("suggestion"), state.suggestion);
  }
  $("copy-suggestion").addEventListener("click", () => {
    getSelection().selectAllChildren($("suggestion"));
    document.execCommand("copy");
  });

  function rules(list) {
    $("rules-card").hidden = list.length === 0;
    sync($("rules"), list, (r) => r.number, (r) => {
      const item = el("li");
      const back = el("button", "", "Take back");
      back.type = "button";
      back.setAttribute("aria-label", "Take back the policy of " + r.pattern.slice(0, 80));
      back.addEventListener("click", () => confirm({
        title: "Take this policy back?", subject: r.pattern, yes: "Take back",
        text: "What the configuration says holds again, and what was kept is forgotten.",
        run: () => ask("rules/remove", { number: r.number }) }));
      item.append(el("span", "tag", r.level + (r.ttlMillis ? ", " + span(r.ttlMillis) : "")), el("span", "key", r.pattern), back);
      return item;
    }, () => {});
  }

  /* ---- what an operator may do ---- */
  let pending = null;
  function confirm(what) {
    pending = what;
    put($("confirm-title"), what.title);
    put($("confirm-subject"), what.subject || "");
    $("confirm-subject").hidden = !what.subject;
    put($("confirm-text"), what.text);
    put($("confirm-yes"), what.yes);
    put($("confirm-error"), "");
    $("confirm-rule").hidden = !what.rule;
    $("rule-pattern").parentElement.hidden = !what.pattern;
    $("confirm").showModal();
    (what.pattern ? $("rule-pattern") : what.rule ? $("rule-level") : $("confirm-no")).focus();
  }
  $("confirm-no").addEventListener("click", () => $("confirm").close());
  $("confirm-yes").addEventListener("click", async () => {
    try {
      await pending.run();
      $("confirm").close();
      turn();
    } catch (e) {
      put($("confirm-error"), e.message);
    }
  });
  function confirmFlush(key) {
    confirm({ title: "Flush this key?", subject: shown(key), yes: "Flush",
      text: "What is kept of it is forgotten; its next read is answered by Redis.",
      run: () => ask("flush", { base64: key.base64, database: key.database }) });
  }
  function confirmFold(what, target) {
    confirm({ title: target.pattern ? "Fold these counters?" : "Fold this counter?",
      subject: target.pattern || shown(what), yes: "Fold",
      text: "What its shards hold is added to its own key in Redis, once, and they are removed. While it is counted on it may be split again.",
      run: async () => {
        const done = await ask("fold", target);
        if (done.folded < done.found) {
          throw new Error("Folded " + done.folded + " of " + done.found + ": the others are another version's, or Redis did not answer.");
        }
      } });
  }
  function ruleOf(target) {
    const ttl = $("rule-ttl").value.trim();
    if (ttl && !/^\d{1,9}$/.test(ttl)) throw new Error("The TTL is a whole number of milliseconds.");
    return ask("rules", { ...target, level: $("rule-level").value, ttlMillis: ttl ? Number(ttl) : 0 });
  }
  function confirmRule(key) {
    if (key.cut) {
      $("rule-pattern").value = "";
      confirmPattern();
      return;
    }
    confirm({ title: "Set the policy of this key", subject: shown(key), yes: "Set", rule: true,
      text: "It holds before the configuration's, on every database, until taken back or restarted. What was kept is forgotten.",
      run: async () => ruleOf({ base64: key.base64 }) });
  }
  function confirmPattern() {
    confirm({ title: "Add a policy", yes: "Add", rule: true, pattern: true,
      text: "Keys by a pattern as Redis' KEYS has it, such as feed:*. It holds before the configuration's, until taken back or restarted. What was kept is forgotten.",
      run: async () => {
        if (!$("rule-pattern").value) throw new Error("Which keys? Write a pattern.");
        return ruleOf({ pattern: $("rule-pattern").value });
      } });
  }
  $("add-rule").addEventListener("click", confirmPattern);
  $("flush-all").addEventListener("click", () => confirm({
    title: "Flush everything?", yes: "Flush everything",
    text: "All that is kept is forgotten. Until it is read again, Redis answers all reads.",
    run: () => ask("flush", { all: true }) }));

  /* ---- once a second ---- */
  function show(state) {
    $("dot").className = "dot " + (state.ready ? "good" : "bad");
    put($("status"), state.ready ? "Serving, " + state.reason : state.reason);
    put($("about"), state.version + "  ·  up " + span(state.uptimeSeconds * 1000) + "  ·  " + state.lanes + (state.lanes === 1 ? " lane" : " lanes"));
    put($("hot-count"), state.hotKeys.length ? String(state.hotKeys.length) : "");
    $("hot-empty").hidden = state.hotKeys.length > 0;
    sync($("hot-rows"), state.hotKeys.slice(0, 100), rowId, makeRow, updateRow);
    observing(state);
    rules(state.rules);
    nodes(state.topology);
    facts("tracking", [["Tracking", state.tracking], ["Tracked connections", whole.format(state.trackedConnections)], ["Reconnects", whole.format(state.connections.reconnects)]]);
    const c = state.connections;
    bars("connection-bars", [
      { name: "Clients", used: c.clients, max: c.clientsMax, unit: "n" },
      { name: "Of a client's own, to the backend", used: c.pinned, max: c.pinnedMax, unit: "n" }]);
    facts("connections", [["To the backend", whole.format(c.backend)], ["Accepted since start", whole.format(c.accepted)],
      ["Refused", whole.format(c.refused)], ["Closed over a limit", whole.format(c.overLimit)], ["Times held back", whole.format(c.paused)]]);
    bars("memory", state.memory);
    counters(state);
    events(state.events);
    slow(state);
  }

  async function turn() {
    if (asksToken) return;
    try {
      const since = points.length ? points[points.length - 1].atMillis : 0;
      const [state, history] = await Promise.all([ask("state"), ask("history?since=" + since)]);
      for (const p of history.points) if (!points.length || p.atMillis > points[points.length - 1].atMillis) points.push(p);
      while (points.length > MAX_POINTS) points.shift();
      charts.forEach((draw) => draw());
      show(state);
    } catch (e) {
      $("dot").className = "dot bad";
      put($("status"), "No word from Heatsink: " + e.message);
    }
  }
  let busy = false;
  async function tick() {
    if (!busy && !document.hidden) {
      busy = true;
      await turn();
      busy = false;
    }
  }
  tick();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
})();
