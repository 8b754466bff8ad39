'use strict';
const tankom = (() => {
  const AR = 365.25;
  const VAL = ['per_arsarbetare', 'inflode', 'vakanser', 'restid'];
  const VANTOR = ['vantan', 'vantan_lag', 'vantan_hog'];
  const HOPRAKNADE = ['arsarbetare', 'platser', 'startar', 'inskrivna', 'restimmar'];
  const summa = (rader, f) => rader.reduce((s, r) => s + f(r), 0);

  // a queue of people who tire (Palm 1957)
  function erlangA(platser, takt, vistelse, talamod) {
    const last = takt * vistelse, lamna = vistelse / talamod;
    const topp = Math.ceil(platser) + Math.floor(3 * last / lamna) + 60;
    const logar = [0];
    let storst = 0;
    for (let n = 1; n <= topp; n++) {
      const ut = Math.min(n, platser) + Math.max(n - platser, 0) * lamna;
      logar.push(logar[n - 1] + Math.log(last) - Math.log(ut));
      storst = Math.max(storst, logar[n]);
    }
    let allt = 0, ko = 0, inne = 0;
    logar.forEach((x, n) => {
      const p = Math.exp(x - storst);
      allt += p;
      ko += p * Math.max(n - platser, 0);
      inne += p * Math.min(n, platser);
    });
    const vantar = ko / allt;
    return {vantan: vantar / takt, lamnar: vantar / talamod / takt, inskrivna: inne / allt};
  }

  function platserna(s, t, tjanst, f) {
    const borta = s.vakanser * f.vakanser * s.vakans_dagar;
    const tillsatt = AR / (AR + borta);
    const takt = summa(t.par, p => p.takt);
    const vistelse = summa(t.par, p => p.takt * p.vistelse) / takt;
    const resa = summa(t.par, p => p.takt * p.resa) / takt * f.restid;
    const var_och_en = (t.per_arsarbetare || s.per_arsarbetare) * f.per_arsarbetare;
    const platser = tjanst * tillsatt * s.timmar / (s.timmar / var_och_en + resa);
    return {tillsatt, takt: takt * f.inflode, vistelse, resa, platser};
  }

  function teamsvar(s, t, tjanst, f) {
    const {tillsatt, takt, vistelse, resa, platser} = platserna(s, t, tjanst, f);
    const floden = [1, t.inflode_lag, t.inflode_hog].map(x => takt * x);
    const [nu, lag, hog] = floden.map(x => erlangA(platser, x, vistelse, s.talamod));
    const betalt = tjanst * (tillsatt + (1 - tillsatt) * s.betalt_vakant);
    return {
      id: t.id, arsarbetare: tjanst, platser: platser,
      belaggning: platser > 0 ? nu.inskrivna / platser : 0,
      vantan: s.handlaggning + nu.vantan,
      vantan_lag: s.handlaggning + lag.vantan,
      vantan_hog: s.handlaggning + hog.vantan,
      startar: floden[0] * (1 - nu.lamnar) * AR,
      inskrivna: nu.inskrivna,
      restimmar: nu.inskrivna * resa * s.veckor,
      kostnad_tkr: s.kostnad_tkr === null ? null : betalt * s.kostnad_tkr,
      par: t.par
    };
  }

  function perKommun(team) {
    const plats = new Map();
    team.forEach(t => {
      const takt = summa(t.par, p => p.takt);
      t.par.forEach(p => {
        if (!plats.has(p.kommun)) {
          plats.set(p.kommun,
            {id: p.kommun, takt: 0, startar: 0, vantan: 0, vantan_lag: 0, vantan_hog: 0});
        }
        const k = plats.get(p.kommun);
        k.takt += p.takt;
        k.startar += t.startar * p.takt / takt;
        VANTOR.forEach(w => { k[w] += t[w] * p.takt; });
      });
    });
    return [...plats.values()];
  }

  function svara(s, tjanster = {}, faktorer = {}) {
    const f = Object.fromEntries(VAL.map(v => [v, faktorer[v] ?? 1]));
    const team = s.team.map(t => teamsvar(s, t, tjanster[t.id] ?? t.arsarbetare, f));
    const kommun = perKommun(team), hela = {};
    const allt = summa(kommun, k => k.takt);
    VANTOR.forEach(w => { hela[w] = summa(kommun, k => k[w]) / allt; });
    kommun.forEach(k => { VANTOR.forEach(w => { k[w] /= k.takt; }); delete k.takt; });
    HOPRAKNADE.forEach(m => { hela[m] = summa(team, t => t[m]); });
    hela.kostnad_tkr = s.kostnad_tkr === null ? null : summa(team, t => t.kostnad_tkr);
    team.forEach(t => { delete t.par; });
    return {team, kommun, hela};
  }

  function tal(x, decimaler = 0) {
    if (x === null || !Number.isFinite(x)) return 'Inte redovisat';
    const jamn = Number(Math.abs(x) + 'e' + decimaler);
    const hel = Math.round(Number.isFinite(jamn) ? jamn : Math.abs(x) * 10 ** decimaler);
    const siffror = String(hel).padStart(decimaler + 1, '0');
    const heltal = siffror.slice(0, siffror.length - decimaler);
    const del = decimaler ? ',' + siffror.slice(siffror.length - decimaler) : '';
    const grupper = heltal.replace(/\B(?=(\d{3})+$)/g, '\u202f');
    return (x < 0 && hel !== 0 ? '\u2212' : '') + grupper + del;
  }

  return {svara, tal, erlangA};
})();

// the page: what it reckons with stands in its own tables
(() => {
  const make = (tag, props, ...inside) => {
    const e = Object.assign(document.createElement(tag), props);
    e.append(...inside);
    return e;
  };

  function givet() {
    const scenarier = new Map(), kommuner = {};
    for (const d of document.querySelectorAll('#tab-tankom data, #tab-tankom-team data, '
      + '#tab-tankom-kommun data')) {
      const {scenario, team, kommun} = JSON.parse(d.dataset.koord);
      const matt = d.dataset.matt, v = Number(d.value);
      if (!scenarier.has(scenario)) {
        scenarier.set(scenario,
          {id: scenario, namn: scenario, kostnad_tkr: null, betalt_vakant: 0, team: new Map()});
      }
      const s = scenarier.get(scenario);
      if (team === 'Samtliga') { s[matt] = v; continue; }
      if (!s.team.has(team)) s.team.set(team, {id: team, per_arsarbetare: null, par: new Map()});
      const t = s.team.get(team);
      if (kommun === 'Samtliga') { t[matt] = v; continue; }
      if (!t.par.has(kommun)) t.par.set(kommun, {kommun});
      t.par.get(kommun)[matt === 'remisser' ? 'takt' : matt] =
        matt === 'remisser' ? v / 365.25 : v;
      kommuner[kommun] = d.closest('tr').cells[1].textContent.trim();
    }
    for (const s of scenarier.values()) {
      s.team = [...s.team.values()];
      for (const t of s.team) t.par = [...t.par.values()];
    }
    return {scenarier: [...scenarier.values()], kommuner};
  }

  const hem = document.getElementById('tab-tankom-svar');
  if (!hem) return;
  const {scenarier, kommuner} = givet();
  if (!scenarier.length) return;
  const {svara, tal} = tankom;
  const VAL = [
    ['per_arsarbetare', 'Deltagare per årsarbetare', 0.5, 2],
    ['inflode', 'Remisser', 0.5, 2],
    ['vakanser', 'Vakanser', 0, 4],
    ['restid', 'Restid', 0, 3]
  ];
  let valt = scenarier[0];
  const tjanster = {}, faktorer = {};

  const faltet = (text, e, ...mer) => make('label', {}, make('span', {textContent: text}), e, ...mer);
  const val = make('select', {}, ...scenarier.map(s => make('option',
    {value: s.id, textContent: s.namn})));
  const teamen = make('fieldset', {}), reglage = make('fieldset', {});
  const svaret = make('div', {className: 'svaren'}), sagt = make('p', {});
  sagt.setAttribute('role', 'status');
  const lank = make('a', {textContent: 'Länk till den här inställningen'});
  const ater = make('button', {type: 'button', textContent: 'Återställ'});
  const fel = make('p', {});

  const visade = new Set([...hem.querySelectorAll('data')]
    .map(d => JSON.parse(d.dataset.koord).kommun));
  const dagar = k => `${tal(k.vantan)} (${tal(k.vantan_lag)}–${tal(k.vantan_hog)})`;

  // one table for each question: three columns have room on a phone
  function tabell(rubrik, fore, nu, skriven) {
    const rad = (namn, a, b) => make('tr', {}, make('th', {scope: 'row', textContent: namn}),
      ...[a, b].map(k => make('td', {className: 'right', textContent: skriven(k)})));
    const kvar = nu.kommun.map((k, i) => [k, fore.kommun[i]]).filter(([k]) => visade.has(k.id));
    return make('table', {}, make('caption', {textContent: rubrik}),
      make('thead', {}, make('tr', {}, ...['Var', 'Scenariot', 'Nu'].map(h => make('th',
        {scope: 'col', textContent: h})))),
      make('tbody', {}, ...kvar.map(([k, f]) => rad(kommuner[k.id], f, k)),
        rad('Hela förbundet', fore.hela, nu.hela)));
  }

  let vantar = 0;
  function sag(text) {  // said once, when the reader has stopped
    clearTimeout(vantar);
    vantar = setTimeout(() => { sagt.textContent = text; }, 250);
  }

  function skriv() {
    const fore = svara(valt), nu = svara(valt, tjanster, faktorer);
    svaret.replaceChildren(
      tabell('Väntan i dagar. Inom parentes: med färre eller fler remisser.', fore, nu, dagar),
      tabell('Börjar per år', fore, nu, k => tal(k.startar)));
    const kr = nu.hela.kostnad_tkr === null ? ''
      : `, ${tal(nu.hela.kostnad_tkr)} tusen kronor per år`;
    sag(`Hela förbundet: ${tal(nu.hela.vantan)} dagars väntan i genomsnitt, `
      + `${tal(nu.hela.startar)} börjar per år, ${tal(nu.hela.arsarbetare, 2)} årsarbetare `
      + `(scenariot: ${tal(fore.hela.arsarbetare, 2)}), ${tal(nu.hela.platser)} platser${kr}.`);
    lank.href = '#tank-om=' + new URLSearchParams([['scenario', valt.id],
      ...Object.entries(tjanster).map(([t, n]) => [`t.${t}`, n]),
      ...Object.entries(faktorer).map(([v, n]) => [`v.${v}`, n])]).toString();
  }

  function stall() {
    teamen.replaceChildren(make('legend', {textContent: 'Årsarbetare i varje team'}),
      ...valt.team.map(t => {
        const e = make('input', {type: 'number', min: 0, max: 40, step: 0.25,
          value: tjanster[t.id] ?? t.arsarbetare});
        e.addEventListener('input', () => {
          const n = e.valueAsNumber;
          if (!Number.isFinite(n) || n < 0 || n > 40) return;
          tjanster[t.id] = n;
          skriv();
        });
        return faltet(t.id, e);
      }));
    reglage.replaceChildren(make('legend', {textContent: 'Mot vad scenariot räknar med'}),
      ...VAL.map(([v, text, min, max]) => {
        const visa = make('output', {});
        const e = make('input', {type: 'range', min, max, step: 0.05, value: faktorer[v] ?? 1});
        const las = () => {
          const mer = v === 'per_arsarbetare'
            ? `: ${tal(valt.per_arsarbetare * e.valueAsNumber, 1)} deltagare` : '';
          const t = `${tal(e.valueAsNumber * 100)} procent${mer}`;
          visa.textContent = t;
          e.setAttribute('aria-valuetext', t);
        };
        las();
        e.addEventListener('input', () => { faktorer[v] = e.valueAsNumber; las(); skriv(); });
        return faltet(text, e, visa);
      }));
    val.value = valt.id;
    skriv();
  }

  function tom() {
    for (const x of [tjanster, faktorer]) for (const k of Object.keys(x)) delete x[k];
  }

  // a link carries the setting; one that does not exist is told of, and changes nothing
  function ur_lanken() {
    if (!location.hash.startsWith('#tank-om=')) return;
    const givna = new URLSearchParams(location.hash.slice('#tank-om='.length));
    const s = scenarier.find(x => x.id === givna.get('scenario'));
    let okand = !s;
    tom();
    if (s) {
      valt = s;
      for (const [k, text] of givna) {
        const n = Number(text), [slag, namn] = [k.slice(0, 2), k.slice(2)];
        const granser = VAL.find(([v]) => v === namn);
        if (slag === 't.' && s.team.some(t => t.id === namn) && n >= 0 && n <= 40) {
          tjanster[namn] = n;
        } else if (slag === 'v.' && granser && n >= granser[2] && n <= granser[3]) {
          faktorer[namn] = n;
        } else if (k !== 'scenario') okand = true;
      }
    }
    fel.textContent = okand ? 'Länken har en inställning som inte finns. Den är inte med.' : '';
    stall();
    ram.scrollIntoView();
  }

  val.addEventListener('change', () => {
    valt = scenarier.find(s => s.id === val.value);
    tom();
    stall();
  });
  ater.addEventListener('click', () => { tom(); stall(); });
  const ram = make('div', {className: 'tankom', id: 'tank-om'}, fel, faltet('Scenario', val),
    teamen, reglage, sagt, svaret, make('p', {}, ater, ' ', lank));
  (hem.closest('details') || hem).before(ram);
  stall();
  ur_lanken();
  window.addEventListener('hashchange', ur_lanken);
})();
