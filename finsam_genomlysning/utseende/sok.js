'use strict';
(() => {
  const $ = id => document.getElementById(id);
  const fold = s => s.normalize('NFC').toLowerCase().replace(/[\u00a0\u202f\s]/g, ' ')
    .replace(/[\u2010-\u2015\u2212]/g, '-').normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  const make = (tag, props, ...inside) => {
    const e = Object.assign(document.createElement(tag), props);
    e.append(...inside);
    return e;
  };

  // every place with its words folded once, and the word list as places of its own
  const places = [];
  for (const r of JSON.parse($('sida-register').textContent))
    for (const [id, rubrik, slag, ...rader] of r.platser)
      places.push({href: `${r.fil}#${id}`, namn: r.namn, rubrik, slag, rader,
        topp: id === 'sida-innehall'});
  for (const e of document.querySelectorAll('.ordlista > div')) {
    const [dt, dd] = e.children;
    places.push({href: `#${e.id}`, namn: 'Ordlista', rubrik: dt.textContent, slag: '',
      rader: [dd.textContent]});
  }
  for (const p of places) {
    p.vikt = [p.namn, p.rubrik, ...p.rader].map(fold);
    p.allt = p.vikt.join('\n');
    p.eget = p.vikt.slice(1).join('\n');
  }

  // a word that stands nowhere is tried without its ending: kommunerna, kommun
  const ENDING = /(?:ernas|arnas|ornas|erna|arna|orna|ades|ande|ens|ets|ers|ade|en|et|er|ar|or|na|ad|n|t|s|a|e)$/;
  const known = w => places.some(p => p.allt.includes(w));
  const asked = text => fold(text).split(' ').filter(Boolean).map(w => {
    while (w.length > 4 && !known(w)) {
      const stem = w.replace(ENDING, '');
      if (stem === w || stem.length < 3) break;
      w = stem;
    }
    return w;
  });

  // a report's name alone leads to its top, and not to each of its places
  const weight = (p, words, all) => {
    let sum = p.slag ? 0 : 1;
    if (!words.some(w => (p.topp ? p.allt : p.eget).includes(w))) return 0;
    for (const w of words) {
      if (!p.allt.includes(w)) {
        if (all) return 0;
        continue;
      }
      sum += (p.vikt[1].includes(w) ? 8 : 0) + (p.vikt[0].includes(w) ? 8 : 0)
        + (p.namn === 'Ordlista' && p.vikt[1].startsWith(w) ? 8 : 0)
        + Math.min(3, p.vikt.slice(2).filter(v => v.includes(w)).length);
    }
    return sum;
  };
  const ranked = (words, all) => places.map((p, i) => [weight(p, words, all), i, p])
    .filter(x => x[0]).sort((a, b) => b[0] - a[0] || a[1] - b[1]).map(x => x[2]);
  // a question has words that say nothing; where no place has all, the longer ones are enough
  const search = words => {
    const found = ranked(words, true), longer = words.filter(w => w.length > 3);
    return found.length || words.length < 2 ? [found, true] : [ranked(longer, false), false];
  };

  // text with the sought words marked; folding keeps every letter in its place
  const marked = (text, words) => {
    const v = fold(text);
    if (v.length !== text.length) return [text];
    const out = [];
    let at = 0;
    for (;;) {
      const next = words.map(w => [v.indexOf(w, at), w.length]).filter(x => x[0] >= 0)
        .sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
      if (!next) return [...out, text.slice(at)];
      out.push(text.slice(at, next[0]),
        make('mark', {}, text.slice(next[0], next[0] + next[1])));
      at = next[0] + next[1];
    }
  };
  const around = (text, words) => {
    const v = fold(text), first = Math.min(...words.map(w => v.indexOf(w)).filter(i => i >= 0));
    const from = first > 90 ? text.indexOf(' ', first - 70) + 1 : 0;
    const to = text.length - from > 200 ? text.lastIndexOf(' ', from + 190) : text.length;
    return `${from ? '… ' : ''}${text.slice(from, to)}${to < text.length ? ' …' : ''}`;
  };
  const context = (p, words) => {
    const i = p.vikt.findIndex((v, n) => n > 1 && words.some(w => v.includes(w)));
    return p.rader.length ? around(p.rader[Math.max(0, i - 2)], words) : '';
  };

  const MOST = 20;
  const field = make('input', {id: 'sida-sokord', type: 'search', autocomplete: 'off',
    spellcheck: false});
  const list = make('ol', {className: 'traffar', id: 'sida-traffar'});
  const said = make('p', {className: 'traffantal'});
  said.setAttribute('role', 'status');
  const line = (p, words) => {
    const kind = p.slag ? `${p.slag}: ` : '';
    const li = make('li', {}, make('a', {href: p.href}, kind, ...marked(p.rubrik, words)));
    if (p.namn !== p.rubrik)
      li.append(' – ', make('span', {className: 'var'}, ...marked(p.namn, words)));
    const text = context(p, words);
    if (text) li.append(make('p', {}, ...marked(text, words)));
    return li;
  };
  const sentence = (n, text, all) => n === 0
    ? `Inget i rapporterna innehåller ”${text}”. Pröva ett kortare ord.`
    : `${n === 1 ? '1 träff' : `${n} träffar`} på ${all ? '' : 'något av orden i '}”${text}”.`
      + (n > MOST ? ` De ${MOST} som stämmer bäst visas.` : '');

  let later;
  const show = () => {
    const text = field.value.trim(), words = asked(text);
    const [found, all] = words.length ? search(words) : [[], true];
    list.replaceChildren(...found.slice(0, MOST).map(p => line(p, words)));
    clearTimeout(later);
    later = setTimeout(() => {
      said.textContent = words.length ? sentence(found.length, text, all) : '';
    }, 250);
  };
  field.addEventListener('input', show);

  // the arrow keys walk between the field and the hits, Escape empties it
  const form = make('form', {id: 'sida-sok', className: 'sok'},
    make('label', {htmlFor: field.id}, 'Sök i alla rapporter och i ordlistan'), field, said, list);
  form.setAttribute('role', 'search');
  form.addEventListener('submit', e => {
    e.preventDefault();
    list.querySelector('a')?.focus();
  });
  form.addEventListener('keydown', e => {
    const stops = [field, ...list.querySelectorAll('a')];
    const at = stops.indexOf(document.activeElement);
    const to = {ArrowDown: at + 1, ArrowUp: at - 1}[e.key];
    if (at >= 0 && stops[to]) {
      e.preventDefault();
      stops[to].focus();
    } else if (e.key === 'Escape') {
      e.preventDefault();
      field.value = '';
      show();
      field.focus();
    }
  });
  $('sida-rapporter').after(form);
})();
