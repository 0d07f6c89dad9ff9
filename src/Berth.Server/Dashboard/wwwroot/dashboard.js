// What htmx does not do by itself. It changes no content but for old log lines, which it removes.
(() => {
    // A page nobody looks at asks for nothing.
    document.addEventListener('htmx:before:request', (event) => {
        if (document.hidden && event.detail.ctx.sourceEvent?.type === 'every') event.preventDefault();
    });

    const setOffline = (offline) => document.body.classList.toggle('is-offline', offline);
    document.addEventListener('htmx:error', () => setOffline(true));
    document.addEventListener('htmx:after:request', () => setOffline(false));

    document.addEventListener('htmx:sse:after:message', (event) => {
        const most = Number(event.target.dataset.most);
        while (most && event.target.children.length > most) event.target.firstElementChild.remove();
    });
})();
